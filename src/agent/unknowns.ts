/** What cannot be measured on this host: looked for now and then, said once, and shown in status. */

import type { Clock } from "../core/clock.ts";
import { describeError } from "../core/errors.ts";
import type { Meter, Unknown } from "../linux/meter.ts";
import type { Journal } from "../record/journal.ts";

export interface Unknowns {
  /** `corePid`: for another core it is looked for at once. */
  look(corePid: number | undefined): Unknown;
}

const lookMs = 5000;

export function createUnknowns(
  meter: Pick<Meter, "unknown">,
  { journal, monotonicMs }: Pick<Clock, "monotonicMs"> & { journal: Pick<Journal, "say"> },
): Unknowns {
  let known: Unknown = {};
  let lookedMs = Number.NEGATIVE_INFINITY;
  let lookedFor: number | undefined;
  return {
    look(corePid) {
      const atMs = monotonicMs();
      if (lookedFor === corePid && atMs - lookedMs < lookMs) return known;
      lookedMs = atMs;
      lookedFor = corePid;
      try {
        const found = meter.unknown();
        if (found.allocated && found.allocated !== known.allocated)
          journal.say(`committed memory is not judged: ${found.allocated}`, "warning");
        if (found.cgroup && found.cgroup !== known.cgroup)
          journal.say(`${found.cgroup}: NSO is measured against the host's memory alone`, "warning");
        known = found;
      } catch (error) {
        // Said when nobody has measured for a while: the tool may.
        known = { ...known, physical: describeError(error) };
      }
      return known;
    },
  };
}
