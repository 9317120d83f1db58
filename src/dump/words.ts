/** What a crash dump says, as sentences: what used the memory, and who. The most telling ones only. */

import { countOf, formatBytes, formatCount, formatShare } from "./amounts.ts";
import type { DumpSummary, ProcessIdentity } from "./summary.ts";

/** From this share of all memory on, one process, kind or table is worth a sentence. */
const tellingShare = 0.1;
const tellingQueue = 1000;
/** A kind is many processes: one of them would be among the largest. */
const manyProcesses = 20;

/** Whose process it is, as far as the dump says: its name, else what it was started with. */
export function whatOf({ name, started }: Pick<ProcessIdentity, "name" | "started">): string {
  return name ?? started ?? "a process without a name";
}

function called(process: ProcessIdentity): string {
  return `${whatOf(process)} ${process.pid}`;
}

/** At least one sentence. */
export function dumpWords(summary: DumpSummary): string[] {
  const found = [
    ...refusedWords(summary),
    ...processWords(summary),
    ...kindWords(summary),
    ...queueWords(summary),
    ...binaryWords(summary),
    ...tableWords(summary),
    ...atomWords(summary),
    ...processLimitWords(summary),
  ];
  const nobody = summary.memory ? ["No single process, table or kind of process stands out."] : [];
  return [
    ...endingWords(summary),
    ...memoryWords(summary),
    ...(found.length > 0 ? found : nobody),
    ...leftOutWords(summary),
  ];
}

/** How the sentence begins that says where a dump ends. */
export const endingBegin = "The dump ";

function endingWords({ ending, cut_in, ledger_complete, file }: DumpSummary): string[] {
  if (ending === "complete") return [];
  const where = cut_in === null ? "" : ` in ${cut_in}`;
  const how = ending === "aborted" ? "ends at its size limit" : "is cut, or still being written: it ends";
  const lost = ledger_complete
    ? "all figures are there, some names and contents may not be"
    : "figures of processes or tables are lost";
  return [`${endingBegin}${how}${where} after ${formatBytes(file.bytes)}; ${lost}.`];
}

/** `=memory` as one sentence, the largest part first; parts below half a percent are left out. */
function memoryWords({ memory }: DumpSummary): string[] {
  if (!memory) return ["What the memory was used for is not in the dump."];
  const { total_bytes: total } = memory;
  const parts: [string, number][] = [
    ["processes with their messages", memory.processes_bytes],
    ["binaries", memory.binary_bytes],
    ["ETS tables", memory.ets_bytes],
    ["code", memory.code_bytes],
    ["atoms", memory.atom_bytes],
  ];
  const known = parts.reduce((sum, [, bytes]) => sum + bytes, 0);
  parts.push(["other", Math.max(0, total - known)]);
  const words = parts
    .filter(([, bytes]) => bytes > total / 200)
    .sort(([, a], [, b]) => b - a)
    .map(([name, bytes]) => `${name} ${formatBytes(bytes)} (${formatShare(bytes, total)})`);
  return [`${formatBytes(total)} in use: ${words.join(", ")}.`];
}

function refusedWords({ refused }: DumpSummary): string[] {
  if (!refused) return [];
  return [
    `The system refused ${formatBytes(refused.bytes)} for "${refused.what}" (${refused.allocator}), so the core ended by itself.`,
  ];
}

function processWords({ processes, memory }: DumpSummary): string[] {
  const [top] = processes.largest;
  const total = memory?.total_bytes ?? 0;
  if (!top || top.memory_bytes <= total * tellingShare) return [];
  return [
    `One process has ${formatShare(top.memory_bytes, total)}: ${called(top)}, ${formatBytes(top.memory_bytes)}${inWords(top)}.`,
  ];
}

function inWords(process: ProcessIdentity): string {
  return process.in === null ? "" : `, in ${process.in}`;
}

function kindWords({ processes, memory }: DumpSummary): string[] {
  const total = memory?.total_bytes ?? 0;
  const many = processes.kinds.find(
    ({ count, memory_bytes: bytes }) => count > manyProcesses && bytes > total * tellingShare,
  );
  if (!many) return [];
  const { what, count, memory_bytes: bytes } = many;
  return [
    `${formatCount(count)} processes of one kind (${what}) together have ${formatShare(bytes, total)}: ${formatBytes(bytes)}.`,
  ];
}

function queueWords({ processes }: DumpSummary): string[] {
  const [longest] = processes.longest_queues;
  if (!longest || longest.length < tellingQueue) return [];
  const [shape] = longest.shapes;
  const look = shape
    ? ` ${formatCount(shape.count)} of ${formatCount(longest.looked_at)} looked at are ${shape.shape}.`
    : "";
  return [`${formatCount(longest.length)} messages wait for ${called(longest)}${inWords(longest)}.${look}`];
}

function binaryWords({ binaries, memory }: DumpSummary): string[] {
  const all = memory?.binary_bytes ?? 0;
  if (all <= (memory?.total_bytes ?? 0) * tellingShare) return [];
  const [top] = binaries.largest;
  const alone = top?.alone_bytes ? `, ${formatBytes(top.alone_bytes)} of them held by it alone` : "";
  const lines = top
    ? [`${called(top)} refers to ${formatBytes(top.binaries_bytes)} of binaries${alone}.`]
    : [];
  const {
    whole_bytes: held,
    shared_bytes: shared,
    slices_bytes: slices,
    elsewhere_bytes: elsewhere,
  } = binaries;
  if (held === null || shared === null || slices === null || elsewhere === null) return lines;
  const about = binaries.is_estimate ? "about " : "";
  lines.push(
    `Of ${formatBytes(all)} of binaries, heaps hold ${about}${formatBytes(held)} whole (${formatBytes(shared)} by several processes) and ${formatBytes(slices)} by slices alone; ${formatBytes(elsewhere)} are held from elsewhere: ETS tables, ports, messages on their way, native code.`,
  );
  const slicer = binaries.largest.toSorted((a, b) => (b.slices_bytes ?? 0) - (a.slices_bytes ?? 0))[0];
  if (slicer && (slicer.slices_bytes ?? 0) > all / 20)
    lines.push(`${called(slicer)} keeps ${formatBytes(slicer.slices_bytes ?? 0)} alive by slices of them.`);
  return lines;
}

function tableWords({ tables, memory }: DumpSummary): string[] {
  const [top] = tables.largest;
  const total = memory?.total_bytes ?? 0;
  if (!top || top.bytes <= total * tellingShare) return [];
  const subject =
    top.count > 1 ? `${formatCount(top.count)} ETS tables ${top.name} have` : `The ETS table ${top.name} has`;
  return [
    `${subject} ${formatShare(top.bytes, total)}: ${formatBytes(top.bytes)}, ${countOf(top.objects, "object")}, owner ${called(top.owner)}.`,
  ];
}

function atomWords({ atoms: { count, limit, pattern } }: DumpSummary): string[] {
  if (limit === null || count <= limit / 2) return [];
  const alike =
    pattern && pattern.count > pattern.looked_at / 5
      ? ` ${formatShare(pattern.count, pattern.looked_at)} of the newest are like '${pattern.look}'.`
      : "";
  return [
    `${formatCount(count)} atoms are ${formatShare(count, limit)} of the limit at which the core ends.${alike}`,
  ];
}

function processLimitWords({ processes: { count, limit } }: DumpSummary): string[] {
  if (limit === null || count <= limit / 2) return [];
  return [`${formatCount(count)} processes are ${formatShare(count, limit)} of the limit.`];
}

function leftOutWords({ processes: { left_out: more } }: DumpSummary): string[] {
  if (!more) return [];
  return [
    `Of ${formatCount(more.count)} further processes only the sums are known: ${formatBytes(more.memory_bytes)}, ${formatCount(more.queue)} messages waiting.`,
  ];
}
