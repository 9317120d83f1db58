/** Rows of several files as one sequence, by time. */

import type { ProcessSample } from "../core/reading.ts";
import type { OldRow } from "./old-row.ts";

/**
 * Of files that have measurements at one time, as those of a tick of plot.sh, the first one's host is kept, and each
 * process once. Rows to be kept: each is made for its reader.
 */
export function* mergedRows(files: readonly Iterator<OldRow>[]): Generator<OldRow> {
  const heads = files.map((file) => ({ file, row: nextOf(file) }));
  for (;;) {
    let atMs = Number.POSITIVE_INFINITY;
    for (const { row } of heads) if (row && row.atMs < atMs) atMs = row.atMs;
    if (atMs === Number.POSITIVE_INFINITY) return;
    let tick: OldRow | undefined;
    for (const head of heads) {
      for (let { row } = head; row && row.atMs === atMs; row = head.row) {
        if (row.event) yield { atMs, host: undefined, samples: row.samples, event: row.event };
        else if (tick) addTo(tick.samples, row.samples);
        else tick = { atMs, host: row.host && { ...row.host }, samples: [...row.samples], event: undefined };
        head.row = nextOf(head.file);
      }
    }
    if (tick) yield tick;
  }
}

function nextOf(file: Iterator<OldRow>): OldRow | undefined {
  const { done, value } = file.next();
  return done ? undefined : value;
}

function addTo(known: ProcessSample[], samples: readonly ProcessSample[]): void {
  for (const sample of samples) if (!isAmong(known, sample)) known.push(sample);
}

/** A loop: `some` took as long as all else in the merging of eight files. */
function isAmong(known: readonly ProcessSample[], { name, group }: ProcessSample): boolean {
  for (const one of known) if (one.name === name && one.group === group) return true;
  return false;
}
