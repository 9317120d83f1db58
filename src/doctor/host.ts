/** Checks of the host: overcommit, swap, cgroup ceilings, the clock. */

import { type Check, ok, warn } from "../core/check.ts";
import { allocatedUnknown, allocatedUse, type Meminfo } from "../core/meminfo.ts";
import { strictAdvice, sysctlFile } from "../core/overcommit.ts";
import { formatKib, percentOf } from "../core/units.ts";
import { isClockSynchronised } from "../linux/clock.ts";
import { readMeminfo } from "../linux/meminfo.ts";
import type { Core } from "../linux/nso.ts";
import { readOptional, readOvercommitMode } from "../linux/procfs.ts";
import { checkCeilings } from "./ceilings.ts";
import type { DoctorOptions } from "./options.ts";
import { checkSwap } from "./swap.ts";

export function checkHost(core: Core | undefined, { roots }: DoctorOptions): Check[] {
  const meminfo = readMeminfo(roots.procDir);
  return [
    checkOvercommit(roots.procDir, meminfo),
    checkSwap(roots.procDir, meminfo),
    ...checkCeilings(core, roots, meminfo),
    checkClock(),
  ];
}

function checkOvercommit(procDir: string, meminfo: Meminfo): Check {
  const name = "overcommit";
  const mode = readOvercommitMode(procDir);
  const ratio = Number(readOptional(`${procDir}/sys/vm/overcommit_ratio`));
  const allocated = allocatedUse(meminfo);
  const { memTotalKib, swapTotalKib } = meminfo;
  const advice = strictAdvice({
    ...{ memTotalKib, swapTotalKib },
    hugePagesKib: meminfo.hugePagesKib,
    committedKib: allocated?.usedKib,
  });
  const mend = advice.refusal ?? `in ${sysctlFile}, then sysctl --system:\n${advice.sysctlLines.join("\n")}`;
  if (mode !== 2)
    return warn(
      name,
      `mode ${mode}: CommitLimit does not bind, and NSO's guide strongly recommends strict overcommit`,
      mend,
    );
  const use = allocated
    ? `Committed_AS ${formatKib(allocated.usedKib)} of CommitLimit ${formatKib(allocated.limitKib)} (${percentOf(allocated.usedKib, allocated.limitKib)} %)`
    : `committed memory is unknown: ${allocatedUnknown(meminfo)}`;
  if (ratio === advice.ratio) return ok(name, `mode 2, ratio ${ratio}; ${use}`);
  return warn(name, `mode 2, ratio ${ratio} where NSO's guide has ${advice.ratio}; ${use}`, mend);
}

function checkClock(): Check {
  const name = "clock";
  const synchronised = isClockSynchronised();
  if (synchronised === undefined) return ok(name, "whether it is synchronised cannot be asked here");
  if (synchronised) return ok(name, "synchronised");
  return warn(
    name,
    "not synchronised: times of the incident and of NSO's other logs may differ",
    "run chronyd or systemd-timesyncd",
  );
}
