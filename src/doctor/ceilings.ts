/** Checks of what memory is measured against: the host, the cgroups above NSO, and the cache of ZFS. */

import type { Ceiling } from "../core/ceiling.ts";
import { type Check, ok, warn } from "../core/check.ts";
import { type Meminfo, physicalUse } from "../core/meminfo.ts";
import { formatKib } from "../core/units.ts";
import { createCeilings } from "../linux/ceilings.ts";
import { hostClock } from "../linux/host-clock.ts";
import { readArc } from "../linux/meminfo.ts";
import type { Core } from "../linux/nso.ts";
import type { Roots } from "../linux/roots.ts";

export function checkCeilings(core: Core | undefined, roots: Roots, meminfo: Meminfo): Check[] {
  return [checkCeiling(core, roots, meminfo), ...checkHugePages(meminfo), ...checkArc(roots.procDir)];
}

function checkCeiling(core: Core | undefined, roots: Roots, meminfo: Meminfo): Check {
  const name = "memory ceiling";
  const cgroups = createCeilings(roots, hostClock.monotonicMs);
  cgroups.follow(core);
  const unknown = cgroups.unknown();
  const { limitKib } = physicalUse(meminfo, "available");
  if (unknown !== undefined)
    return warn(
      name,
      `${unknown}; the host's ${formatKib(limitKib)} are used, and a limit of NSO's container is not noticed`,
      "run nsomem in NSO's container, or where /proc/PID/root of NSO may be read (the same user, or CAP_SYS_PTRACE), or with the host's cgroup namespace and /sys/fs/cgroup",
    );
  const smaller = cgroups.measure().ceilings.filter((ceiling) => ceiling.limitKib < limitKib);
  if (smaller.length === 0) return ok(name, `the host, ${formatKib(limitKib)}`);
  const least = smaller.reduce((a, b) => (b.limitKib - b.usedKib < a.limitKib - a.usedKib ? b : a));
  return ok(name, `${describe(least)}; the level is computed on it`);
}

/** The host's are not among them. */
function describe({ name, usedKib, limitKib }: Ceiling): string {
  return `${name.replace(":", " ")}, ${formatKib(usedKib)} of ${formatKib(limitKib)}`;
}

function checkHugePages({ hugePagesKib, memTotalKib }: Meminfo): Check[] {
  if (hugePagesKib === 0) return [];
  const text = `${formatKib(hugePagesKib)} of ${formatKib(memTotalKib)} are set aside: percentages are of MemTotal-Hugetlb`;
  return [ok("huge pages", text)];
}

function checkArc(procDir: string): Check[] {
  const name = "ZFS cache";
  const arc = readArc(procDir);
  switch (arc.state) {
    case "absent":
      return [];
    case "read":
      return [ok(name, `${formatKib(arc.arcKib)} that the ARC would give back count as available`)];
    case "unreadable":
      return [
        warn(
          name,
          "ZFS is loaded and /proc/spl/kstat/zfs/arcstats cannot be read: its cache counts as used, and a healthy NSO may look critical",
          "make the file readable, or hold the cache small (zfs_arc_max)",
        ),
      ];
  }
}
