/**
 * Who ended the core: the kernel's OOM killer, by its log, where that names the process; else systemd or a daemon, by the
 * journal; else the counters that the kernel keeps, which do not say whom it killed.
 */

import type { Moment } from "../../core/clock.ts";
import { type EndedCore, type Ender, enderIn } from "../../core/ender.ts";
import { unitIn } from "../../core/unit.ts";
import type { CgroupDir } from "../../linux/cgroup.ts";
import { findLimitedCgroups, memoryEntries } from "../../linux/cgroup-path.ts";
import { readJournalLines } from "../../linux/journal-lines.ts";
import { killLineOf, readHostOomKills, readOomKills, readOomLines } from "../../linux/oom-evidence.ts";
import { type ProcessIdentity, readOptional } from "../../linux/procfs.ts";
import type { Roots } from "../../linux/roots.ts";
import { readUptimeMs } from "../../linux/uptime.ts";

export interface Witness {
  /** Who ended the core at or after `since`; undefined where nothing tells. Takes a child. Never rejects. */
  testify(since: Moment): Promise<Ender | undefined>;
  /** The same by what names the process. */
  named(since: Moment): Promise<Ender | undefined>;
}

export interface WitnessOptions {
  monotonicMs: () => number;
  stop: AbortSignal;
}

/** Of the clocks: the journal has the time of the wall, and daemons say what they do before and after. */
const graceMs = 2000;

/** Notes the counters now, and where the core is: one that has ended has no cgroup to read any more. */
export function callWitness(
  roots: Roots,
  core: ProcessIdentity,
  { monotonicMs, stop }: WitnessOptions,
): Witness {
  const place = placeOf(roots.procDir, core.pid);
  const counters = countersOf(roots, core.pid);
  const inKernel = (sinceMs: number): Ender | undefined => {
    const sinceUptimeMs = readUptimeMs(roots.procDir) - (monotonicMs() - sinceMs);
    // A second of grace: the kernel's clock of its log runs apart from that of /proc/uptime.
    const line = killLineOf(core.pid, sinceUptimeMs - 1000, readOomLines() ?? []);
    return line === undefined ? undefined : { who: "the OOM killer", line };
  };
  const named = async ({ wallMs, monotonicMs: sinceMs }: Moment) => {
    const killed = orUndefined(() => inKernel(sinceMs));
    if (killed) return killed;
    const lines = await readJournalLines({ sinceMs: wallMs - graceMs, unit: place.unit }, stop);
    return enderIn(lines, { pid: core.pid, ...place });
  };
  return {
    named,
    testify: async (since) => (await named(since)) ?? orUndefined(counters.grown),
  };
}

function placeOf(procDir: string, pid: number): Omit<EndedCore, "pid"> {
  const text = orUndefined(() => readOptional(`${procDir}/${pid}/cgroup`)) ?? "";
  return { unit: unitIn(text)?.unit, cgroupPath: memoryEntries(text)[0]?.path };
}

/** How often the OOM killer struck above the core, and on the host, from now on. */
function countersOf(roots: Roots, pid: number): { grown(): Ender | undefined } {
  // Asked before the signal, which does not wait for a witness: it has seen nothing where that fails.
  const ceilings = orUndefined(() => findLimitedCgroups(roots, pid)) ?? [];
  const before = orUndefined(() => countAll(roots, ceilings)) ?? new Map<string, number>();
  return {
    grown() {
      const grown = [...countAll(roots, ceilings)].find(
        ([where, count]) => count > (before.get(where) ?? count),
      );
      if (!grown) return undefined;
      const [where, count] = grown;
      const kills = count - (before.get(where) ?? 0);
      const line = `${where} counts ${kills} OOM kills since; the kernel's log does not name this process`;
      return { who: "the OOM killer", line };
    },
  };
}

function countAll(roots: Roots, ceilings: readonly CgroupDir[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const ceiling of ceilings) {
    const kills = readOomKills(ceiling);
    if (kills !== undefined) counts.set(`cgroup ${ceiling.path}`, kills);
  }
  const host = readHostOomKills(roots.procDir);
  if (host !== undefined) counts.set("the host", host);
  return counts;
}

/** Without a descriptor it sees nothing: that must not cost the verdict. */
function orUndefined<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
