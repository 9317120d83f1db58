/** Off-heap binaries: how many bytes heaps hold, alone, together, by slices; and how many are held from elsewhere (facts 6.2). */

import type { Collected } from "./collected.ts";
import type { Identities } from "./identities.ts";
import { largestRows } from "./process-rows.ts";
import type { DumpSummary, HolderRow } from "./summary.ts";

const holdersShown = 3;

export function summariseBinaries(
  collected: Collected,
  identities: Identities,
  { isLedgerOnly }: { isLedgerOnly: boolean },
): DumpSummary["binaries"] {
  const { processes, wordBytes, memory } = collected;
  const { columns, count } = processes;
  const held = isLedgerOnly ? undefined : collected.binaries.held();
  const slices = new Float64Array(count);
  let slicesBytes = 0;
  for (let row = 0; row < count; row++) {
    const bytes = Math.max(0, (columns.binaryWords[row] ?? 0) * wordBytes - (columns.wholeBytes[row] ?? 0));
    slices[row] = bytes;
    slicesBytes += bytes;
  }
  const all = memory.get("binary") ?? 0;
  const holder = (row: number): HolderRow => ({
    ...identities.row(row),
    binaries_bytes: (columns.binaryWords[row] ?? 0) * wordBytes,
    alone_bytes: held ? (held.aloneBytes.get(row) ?? 0) : null,
    slices_bytes: held ? (slices[row] ?? 0) : null,
  });
  const rows = new Set([
    ...largestRows(columns.binaryWords, count, holdersShown),
    ...(held ? largestRows(slices, count, 1) : []),
  ]);
  return {
    whole_bytes: held?.wholeBytes ?? null,
    shared_bytes: held?.sharedBytes ?? null,
    slices_bytes: held ? slicesBytes : null,
    elsewhere_bytes: held ? Math.max(0, all - held.wholeBytes - slicesBytes) : null,
    is_estimate: held?.isEstimate ?? false,
    largest: [...rows].map(holder),
  };
}
