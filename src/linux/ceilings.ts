/** The ceilings of a core's cgroups as they are now: limits may be set, changed and lifted while nsomem runs. */

import { existsSync } from "node:fs";
import type { Ceiling } from "../core/ceiling.ts";
import { describeError } from "../core/errors.ts";
import { type CgroupDir, readCgroup } from "./cgroup.ts";
import { type CgroupsAbove, findCgroups } from "./cgroup-path.ts";
import { isAlive, type ProcessIdentity, readOptional } from "./procfs.ts";
import type { Roots } from "./roots.ts";

export interface Ceilings {
  /** From now on those above this core; none for undefined. */
  follow(core: ProcessIdentity | undefined): void;
  /** Those that have a limit now, innermost first, and the names of all that were seen, limited or not. */
  measure(): { ceilings: Ceiling[]; seen: string[] };
  /** Why the core's cgroup cannot be measured; undefined where it can. */
  unknown(): string | undefined;
}

/**
 * A memory controller may be enabled at any time: the directories are looked for as often as the tool looks, and when the
 * core moved. It takes as long as four measurements.
 */
const lookMs = 4000;

/** `onFound` is told the directories each time that they were looked for. */
export function createCeilings(
  roots: Roots,
  monotonicMs: () => number,
  onFound: (dirs: readonly CgroupDir[]) => void = () => {},
): Ceilings {
  let core: ProcessIdentity | undefined;
  let text: string | undefined;
  let above: CgroupsAbove = { dirs: [] };
  let lookedMs = Number.NEGATIVE_INFINITY;
  return {
    follow(followed) {
      core = followed;
      text = undefined;
      above = { dirs: [] };
      lookedMs = Number.NEGATIVE_INFINITY;
      look();
    },
    measure() {
      look();
      const looks = above.dirs.map(readCgroup);
      return {
        ceilings: looks.flatMap(({ ceilings }) => ceilings),
        seen: looks.flatMap(({ seen }) => seen),
      };
    },
    unknown() {
      look();
      return above.unknown;
    },
  };

  /** Costs one small read where nothing has changed. The cgroups of a core that has ended outlive it, and stay. */
  function look(): void {
    if (!core) return;
    try {
      lookFor(core);
    } catch (error) {
      // Without a descriptor for mountinfo, what was found before is measured on.
      if (text === undefined)
        above = {
          dirs: [],
          unknown: `the memory limits of NSO's cgroup cannot be looked for: ${describeError(error)}`,
        };
    }
  }

  function lookFor(core: ProcessIdentity): void {
    const file = `${roots.procDir}/${core.pid}/cgroup`;
    const found = readOptional(file);
    const atMs = monotonicMs();
    if (found === undefined) {
      if (text === undefined && existsSync(file)) above = { dirs: [], unknown: `${file} may not be read` };
      return;
    }
    if (found === text && atMs - lookedMs < lookMs) return;
    // Another process may have the PID by now.
    if (text !== undefined && found !== text && !isAlive(roots.procDir, core)) return;
    above = findCgroups(roots, core.pid, found);
    text = found;
    lookedMs = atMs;
    onFound(above.dirs);
  }
}
