/** The VMs beside the core and how each group's memory grew, looked at every 10 s. */

import { perGroup } from "../core/group.ts";
import { type GroupUse, type Growth, growthOf, takeUse } from "../core/growth.ts";
import { findFamily, type Relative } from "../linux/family.ts";
import type { Core } from "../linux/nso.ts";
import { readRssKib } from "../linux/procfs.ts";

export interface FamilyWatch {
  /** As last seen, at most 10 s ago; looked at now where that was never done. */
  family(): readonly Relative[];
  /** Over the last 5 minutes at most. */
  growth(): Growth[];
  close(): void;
}

export interface FamilyWatchOptions {
  procDir: string;
  core: Core;
  monotonicMs: () => number;
  /** Used memory in KiB on the ceiling that binds. */
  usedKib: () => number;
}

const everyMs = 10_000;
const growthKeepMs = 5 * 60_000;

export function watchFamily(options: FamilyWatchOptions, firstLookMs: number): FamilyWatch {
  let family: Relative[] | undefined;
  let uses: GroupUse[] = [];
  const look = (): Relative[] => {
    try {
      const found = findFamily(options.procDir, options.core);
      family = found;
      uses = takeUse(uses, measure(found, options), growthKeepMs);
      return found;
    } catch {
      // The meter logs that /proc cannot be read; the next look may succeed.
      return family ?? [];
    }
  };
  const first = setTimeout(look, firstLookMs);
  const timer = setInterval(look, everyMs);
  return {
    family: () => family ?? look(),
    growth: () => growthOf(uses),
    close() {
      clearTimeout(first);
      clearInterval(timer);
    },
  };
}

function measure(
  family: readonly Relative[],
  { procDir, core, monotonicMs, usedKib }: FamilyWatchOptions,
): GroupUse {
  const own = perGroup(() => 0);
  // A process that has ended meanwhile holds nothing.
  for (const { group, pid } of [{ group: "core" as const, pid: core.pid }, ...family])
    own[group] += readRssKib(procDir, pid) ?? 0;
  const ownKib = Object.values(own).reduce((sum, kib) => sum + kib, 0);
  return { atMs: monotonicMs(), ...own, rest: Math.max(0, usedKib() - ownKib) };
}
