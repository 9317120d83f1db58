/** The processes of a dump: the largest, their kinds, the longest queues. */

import { shown } from "../core/shown.ts";
import type { Collected } from "./collected.ts";
import type { Identities } from "./identities.ts";
import { sampledQueueMin } from "./message-samples.ts";
import { largestRows } from "./process-rows.ts";
import type { DumpSummary, ProcessKind, QueueRow } from "./summary.ts";

const largestShown = 15;
const kindsShown = 8;
const queuesShown = 3;
const looksShown = 3;

export function summariseProcesses(
  collected: Collected,
  identities: Identities,
  limit: number | null,
): DumpSummary["processes"] {
  const { processes, wordBytes } = collected;
  const { columns, count, leftOut } = processes;
  return {
    count: count + leftOut.count,
    limit,
    left_out:
      leftOut.count === 0
        ? null
        : { count: leftOut.count, memory_bytes: leftOut.memory, queue: leftOut.queue },
    largest: largestRows(columns.memory, count, largestShown).map((row) => ({
      ...identities.row(row),
      memory_bytes: columns.memory[row] ?? 0,
      queue: columns.queue[row] ?? 0,
      binaries_bytes: (columns.binaryWords[row] ?? 0) * wordBytes,
    })),
    kinds: kindsOf(collected, identities),
    longest_queues: largestRows(columns.queue, count, queuesShown)
      .filter((row) => (columns.queue[row] ?? 0) >= sampledQueueMin)
      .map((row) => queueOf(collected, identities, row)),
  };
}

function queueOf({ processes, messageLooks }: Collected, identities: Identities, row: number): QueueRow {
  const looks = [...(messageLooks.get(row) ?? [])].sort(([, a], [, b]) => b - a);
  return {
    ...identities.row(row),
    length: processes.columns.queue[row] ?? 0,
    looked_at: looks.reduce((sum, [, count]) => sum + count, 0),
    shapes: looks.slice(0, looksShown).map(([look, count]) => ({ shape: shown(look), count })),
  };
}

/** Names are numbers here, so that a million processes make no texts. */
function kindsOf({ processes, names, wordBytes }: Collected, identities: Identities): ProcessKind[] {
  const { columns, count } = processes;
  const kinds = new Map<number, { what: number; under: number; sums: Omit<ProcessKind, "what" | "under"> }>();
  for (let row = 0; row < count; row++) {
    const what = identities.what(row);
    const under = identities.under(row);
    const key = what * 65_536 + under;
    let kind = kinds.get(key);
    if (!kind) {
      kind = { what, under, sums: { count: 0, memory_bytes: 0, binaries_bytes: 0, queue: 0 } };
      kinds.set(key, kind);
    }
    kind.sums.count++;
    kind.sums.memory_bytes += columns.memory[row] ?? 0;
    kind.sums.binaries_bytes += (columns.binaryWords[row] ?? 0) * wordBytes;
    kind.sums.queue += columns.queue[row] ?? 0;
  }
  const weight = ({ sums }: { sums: Omit<ProcessKind, "what" | "under"> }) =>
    sums.memory_bytes + sums.binaries_bytes;
  return [...kinds.values()]
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, kindsShown)
    .map(({ what, under, sums }) => {
      const above = names.text(under);
      return {
        what: shown(names.text(what) ?? "a process without a name"),
        under: above === undefined ? null : shown(above),
        ...sums,
      };
    });
}
