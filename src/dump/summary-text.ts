/** The summary of a crash dump as a page of text: `nsomem dump`, and `dump-summary.txt` in an incident. */

import { countOf, formatBytes, formatCount, formatShare } from "./amounts.ts";
import type { DumpSummary, ProcessRow } from "./summary.ts";
import { dumpWords, whatOf } from "./words.ts";

/** Lines without a newline at the end. */
export function summaryText(summary: DumpSummary): string {
  const blocks = [
    [headline(summary)],
    ["What used the memory", ...dumpWords(summary).map((sentence) => `  ${sentence}`)],
    processBlock(summary),
    kindBlock(summary),
    queueBlock(summary),
    tableBlock(summary),
    [allocatorLine(summary), limitLine(summary), runQueueLine(summary)],
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function headline({ slogan, written, otp, file, ending }: DumpSummary): string {
  return [
    slogan ?? "no slogan",
    ...(written === null ? [] : [written]),
    `OTP ${otp ?? "?"}`,
    formatBytes(file.bytes),
    ...(ending === "complete" ? [] : ["NOT COMPLETE"]),
    ...(file.read === "ledger" ? ["figures only"] : []),
  ].join(" · ");
}

/** Of the fifteen that the document has. */
const largestShown = 10;

function processBlock({ processes: { largest } }: DumpSummary): string[] {
  if (largest.length === 0) return [];
  return [
    "Largest processes",
    rowText("pid", "memory", "queue", "binaries", "what"),
    ...largest
      .slice(0, largestShown)
      .map((row) =>
        rowText(
          row.pid,
          formatBytes(row.memory_bytes),
          formatCount(row.queue),
          formatBytes(row.binaries_bytes),
          describe(row),
        ),
      ),
  ];
}

function rowText(pid: string, memory: string, queue: string, binaries: string, what: string): string {
  return `  ${pid.padEnd(12)} ${memory.padStart(10)} ${queue.padStart(10)} ${binaries.padStart(10)}  ${what}`;
}

function describe(row: ProcessRow): string {
  const started = row.name !== null && row.started !== null ? `, started with ${row.started}` : "";
  const place = row.in === null ? "" : `, in ${row.in}`;
  return `${whatOf(row)}${started}${place}${underText(row.under)}`;
}

function underText(under: string | null): string {
  return under === null ? "" : `, under ${under}`;
}

function kindBlock({ processes: { kinds } }: DumpSummary): string[] {
  if (kinds.length === 0) return [];
  return [
    "Processes by kind",
    ...kinds.map(({ what, under, count, memory_bytes, binaries_bytes, queue }) => {
      const waiting = queue > 0 ? `, ${countOf(queue, "message")} waiting` : "";
      return `  ${formatCount(count).padStart(9)} × ${what}${underText(under)}: ${formatBytes(memory_bytes)}, binaries ${formatBytes(binaries_bytes)}${waiting}`;
    }),
  ];
}

function queueBlock({ processes: { longest_queues: queues } }: DumpSummary): string[] {
  if (queues.length === 0) return [];
  return [
    "Longest message queues (atoms and kinds of their messages, never values)",
    ...queues.flatMap((row) => [
      `  ${formatCount(row.length).padStart(11)}  ${whatOf(row)} ${row.pid}${row.in === null ? "" : `, in ${row.in}`}`,
      ...row.shapes.map(
        ({ shape, count }) => `               ${count} of ${row.looked_at} looked at: ${shape}`,
      ),
    ]),
  ];
}

function tableBlock({ tables }: DumpSummary): string[] {
  if (tables.count === 0) return [];
  return [
    `ETS tables: ${formatCount(tables.count)}, ${countOf(tables.objects, "object")}, ${formatBytes(tables.bytes)}`,
    ...tables.largest.map(({ name, count, objects, bytes, type, owner }) => {
      const times = count > 1 ? ` × ${formatCount(count)}` : "";
      return `  ${formatBytes(bytes).padStart(10)}  ${name}${times}, ${countOf(objects, "object")}, ${type}, owner ${whatOf(owner)} ${owner.pid}`;
    }),
  ];
}

function allocatorLine({
  allocators: { carriers_bytes: carriers, blocks_bytes: blocks, largest },
}: DumpSummary): string {
  if (carriers === 0) return "Allocators: not in the dump.";
  const each = largest.map(
    ({ name, carriers_bytes, blocks_bytes }) =>
      `${name} ${formatBytes(carriers_bytes)} at ${formatShare(blocks_bytes, carriers_bytes)}`,
  );
  return `Allocators: ${formatBytes(carriers)} taken from the system, ${formatBytes(blocks)} of it in use (${formatShare(blocks, carriers)}): ${each.join(", ")}.`;
}

function limitLine({ processes, atoms, ports, timers }: DumpSummary): string {
  const parts = [
    limited(processes, "process", "processes"),
    limited(atoms, "atom", "atoms"),
    limited(ports, "port", "ports"),
    countOf(timers, "timer"),
  ];
  return `Limits: ${parts.join(", ")}.`;
}

function limited(
  { count, limit }: { count: number; limit: number | null },
  one: string,
  many: string,
): string {
  const noun = count === 1 ? one : many;
  if (limit === null) return `${formatCount(count)} ${noun}`;
  return `${formatCount(count)} ${noun} of ${formatCount(limit)} (${formatShare(count, limit)})`;
}

function runQueueLine({ run_queues: { schedulers, queued, running } }: DumpSummary): string {
  const busy = running.map((one) => `${one.pid}${one.in === null ? "" : ` in ${one.in}`}`);
  const text = busy.length === 0 ? "no process was running" : `running: ${busy.join(", ")}`;
  return `Run queues: ${formatCount(queued)} waiting in those of ${countOf(schedulers, "scheduler")}; ${text}.`;
}
