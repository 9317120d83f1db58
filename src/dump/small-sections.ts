/** The sections of a dump that are small, or few: read as texts. */

import { decimalOf, pidKeyOf } from "./bytes.ts";
import type { Collected } from "./collected.ts";
import { otherName } from "./names.ts";

/** By tag: takes the text of a section (it begins with a newline) and what stands behind the tag's colon. */
type TakeSection = (collected: Collected, text: string, id: string) => void;

export const smallSections: ReadonlyMap<string, TakeSection> = new Map<string, TakeSection>([
  ["erl_crash_dump", takeHeader],
  ["scheduler", takeScheduler],
  ["memory", (collected, text) => takeNumbers(collected.memory, text)],
  ["allocated_areas", (collected, text) => takeNumbers(collected.areas, text)],
  ["index_table", takeIndex],
  ["allocator", takeAllocator],
  ["port", (collected) => void collected.ports++],
  ["ets", takeTable],
  ["timer", (collected) => void collected.timers++],
  ["mod", takeModule],
]);

/** A section of more text than this is none of these. */
export const smallBytesMax = 64 * 1024;

const headerLinesMax = 100;
const numbersMax = 1000;
const kindsMax = 1000;
const schedulersMax = 4096;
const tableNamesMax = 10_000;
const modulesMax = 50_000;

function takeHeader(collected: Collected, text: string): void {
  const [, written, ...lines] = text.split("\n", headerLinesMax);
  collected.written ??= written;
  for (const line of lines) {
    const colon = line.indexOf(": ");
    if (colon > 0) collected.header.set(line.slice(0, colon), line.slice(colon + 2));
  }
  const system = collected.header.get("System version");
  collected.wordBytes = system === undefined || system.includes("[64-bit]") ? 8 : 4;
}

function takeNumbers(into: Map<string, number>, text: string): void {
  for (const [, name = "", value] of text.matchAll(/\n(\w+): (\d+)/g))
    if (into.size < numbersMax) into.set(name, decimalOf(value));
}

function takeIndex(collected: Collected, text: string, id: string): void {
  if (id !== "atom_tab") return;
  const count = decimalOf(/\nentries: (\d+)/.exec(text)?.[1]);
  collected.atoms ??= { count, limit: decimalOf(/\nlimit: (\d+)/.exec(text)?.[1]) };
}

/** Of the three numbers behind each size the first is that of now. */
function takeAllocator(collected: Collected, text: string, id: string): void {
  const name = id.replace(/\[\d+\]$/, "");
  if (collected.allocators.size >= kindsMax && !collected.allocators.has(name)) return;
  const sum = collected.allocators.get(name) ?? { blocks: 0, carriers: 0 };
  sum.blocks += sumOf(text, /\n(?:mbcs|sbcs|mbcs_pool) blocks(?:\[\w+\])? size: (\d+)/g);
  sum.carriers += sumOf(text, /\n(?:mbcs|sbcs|mbcs_pool) carriers size: (\d+)/g);
  collected.allocators.set(name, sum);
}

function takeScheduler(collected: Collected, text: string): void {
  if (collected.schedulers.length >= schedulersMax) return;
  collected.schedulers.push({
    queued: sumOf(text, /\nRun Queue (?:Max|High|Normal|Low|Port) Length: (\d+)/g),
    process: /\nCurrent Process: (<[\d.]+>)/.exec(text)?.[1] ?? "",
    call: /\nCurrent Process Program counter: \S+ \((\S+)/.exec(text)?.[1] ?? "",
  });
}

function takeModule({ modules }: Collected, _: string, id: string): void {
  if (modules.size < modulesMax) modules.add(id);
}

/** Name and table differ where it is not named: then each is a number of its own. */
function takeTable({ tables, wordBytes }: Collected, text: string, id: string): void {
  const name = lineOf(text, "\nName: ");
  const bytes = decimalOf(lineOf(text, "\nWords: ")) * wordBytes;
  const objects = decimalOf(lineOf(text, "\nObjects: "));
  const key = tables.has(name) || tables.size < tableNamesMax ? name : otherName;
  const sum = tables.get(key) ?? {
    ...{ name: key, count: 0, objects: 0, bytes: 0 },
    largest: { bytes: -1, type: "", owner: -1 },
  };
  tables.set(key, sum);
  sum.count++;
  sum.objects += objects;
  sum.bytes += bytes;
  if (bytes > sum.largest.bytes) sum.largest = { bytes, type: typeOf(text), owner: pidKeyOf(id) };
}

function typeOf(text: string): string {
  return lineOf(text, "\nType: ") || (text.includes("\nOrdered set ") ? "ordered_set" : "set");
}

function lineOf(text: string, key: string): string {
  const at = text.indexOf(key);
  if (at < 0) return "";
  const end = text.indexOf("\n", at + key.length);
  return text.slice(at + key.length, end < 0 ? undefined : end);
}

function sumOf(text: string, form: RegExp): number {
  let sum = 0;
  for (const [, value] of text.matchAll(form)) sum += decimalOf(value);
  return sum;
}
