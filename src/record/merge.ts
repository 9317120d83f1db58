/** Rows of several files as one sequence, by time. */

import type { OldRow } from "./old-row.ts";

/**
 * Of files that have measurements at one time, as those of a tick of plot.sh, the first one's host is kept, and each
 * process once.
 */
export function* mergedRows(files: readonly Iterator<OldRow>[]): Generator<OldRow> {
  const heads = files.map((file) => file.next());
  for (;;) {
    let atMs = Number.POSITIVE_INFINITY;
    for (const head of heads) if (!head.done && head.value.atMs < atMs) atMs = head.value.atMs;
    if (atMs === Number.POSITIVE_INFINITY) return;
    let tick: OldRow | undefined;
    for (const [index, file] of files.entries()) {
      for (let head = heads[index]; head && !head.done && head.value.atMs === atMs; head = heads[index]) {
        const row = head.value;
        if (row.event) yield row;
        else if (tick) addTo(tick, row);
        else tick = row;
        heads[index] = file.next();
      }
    }
    if (tick) yield tick;
  }
}

function addTo({ samples: known }: OldRow, { samples }: OldRow): void {
  for (const sample of samples)
    if (!known.some(({ name, group }) => name === sample.name && group === sample.group)) known.push(sample);
}
