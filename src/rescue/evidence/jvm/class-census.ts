/**
 * Which classes fill the heap of a running HotSpot JVM, from a sample of its pages: an object begins with a mark word
 * and its class pointer (facts 7.3). The JVM is neither stopped nor asked. Class names only, no value.
 */

import { areasWithin, areasWithout, type Extent, type MemoryArea } from "../../../core/memory-areas.ts";
import type { ProcessMemory } from "../../../linux/process-memory.ts";
import {
  type Census,
  censusOf,
  countForLengths,
  type Kind,
  likely,
  type Note,
  samplePages,
} from "../memory/census.ts";
import { planSample } from "../memory/sample-pages.ts";
import { wordAt, wordsIn } from "../memory/words.ts";
import { type HeapClass, type HeapLayout, readHeapLayout } from "./heap-layout.ts";

export interface CensusOptions {
  /** Resident pages to look at, of 4 KiB. */
  pagesMax: number;
  random: () => number;
}

type CensusMemory = Pick<ProcessMemory, "read" | "isResident">;

/** Half of the pages are resident, or fewer are looked at. */
const placesPerPage = 2;
const classesMax = 3000;
/** HotSpot makes 2,048 regions of a heap, and more only beyond 64 GiB. */
const regionsMax = 16_384;

/** Never throws: what is not known says why. */
export function censusClasses(
  memory: CensusMemory,
  areas: readonly MemoryArea[],
  { pagesMax, random }: CensusOptions,
): Census | { unknown: string } {
  const library = areas.find(({ path, offset }) => offset === 0 && isLibjvm(path));
  if (!library) return { unknown: "no libjvm.so is mapped: it is no HotSpot JVM" };
  const layout = readHeapLayout(wordsIn(memory), library.from);
  if ("unknown" in layout) return layout;
  const heap = areasWithin(areas, layout).filter(({ mode }) => mode.startsWith("rw"));
  const large = largeArrays(memory, heap, layout);
  const plan = planSample(areasWithout(heap, large.extents), pagesMax * placesPerPage, random);
  const scan = layout.klassBytes === 4 ? scanNarrow : scanWide;
  const sampled = samplePages(memory, plan, { pagesMax, scan });
  if (sampled.pagesSampled === 0 && large.kinds.length === 0)
    return { unknown: "none of its heap could be read" };
  const kinds = likely(sampled, classesMax).flatMap(([klass, { count, items }]): Kind[] => {
    const found = layout.classAt(klass);
    return found ? [{ name: found.name, count, bytes: bytesOf(found, count, items) }] : [];
  });
  return censusOf(kinds, sampled, large.kinds);
}

export function isLibjvm(path: string): boolean {
  return /\/libjvm\.so( \(deleted\))?$/.test(path);
}

function bytesOf({ bytes, bytesPerItem }: HeapClass, count: number, items: number): number {
  if (bytesPerItem === undefined) return count * bytes;
  // Objects begin at multiples of 8, so an array wastes 4 bytes on average, unless its items have 8.
  const waste = bytesPerItem < 8 ? 4 : 0;
  return count * (bytes + waste) + (count < countForLengths ? 0 : items * bytesPerItem);
}

/** A mark word of an object that nobody holds: 01, the age, and the hash once it was asked for. */
function isMark(page: Buffer, at: number): boolean {
  const low = page.readUInt32LE(at);
  const high = page.readUInt32LE(at + 4);
  // 31 bits of hash from bit 8 on; above them, and in bit 7, there is nothing.
  if ((low & 3) !== 1 || (low & 0x80) !== 0 || high >>> 7 !== 0) return false;
  return high !== 0 || low >>> 8 === 0;
}

function scanNarrow(page: Buffer, note: Note): void {
  for (let at = 0; at + 16 <= page.length; at += 8) {
    if (!isMark(page, at)) continue;
    const klass = page.readUInt32LE(at + 8);
    if (klass !== 0) note(klass, page.readUInt32LE(at + 12));
  }
}

function scanWide(page: Buffer, note: Note): void {
  for (let at = 0; at + 24 <= page.length; at += 8) {
    if (!isMark(page, at)) continue;
    const klass = wordAt(page, at + 8);
    if (klass !== undefined && klass > 0x10000 && klass % 8 === 0) note(klass, page.readUInt32LE(at + 16));
  }
}

interface LargeArrays {
  kinds: Kind[];
  /** The regions that they have to themselves: what else is found in them is filling. */
  extents: Extent[];
}

/**
 * G1 gives an array of half a region and more regions of its own, from the start of the first on. Those are counted and
 * not estimated: a sample meets the beginning of one too rarely.
 */
function largeArrays(memory: CensusMemory, heap: readonly MemoryArea[], layout: HeapLayout): LargeArrays {
  const { from, to, regionBytes = 0 } = layout;
  const found: LargeArrays = { kinds: [], extents: [] };
  if (regionBytes < 2 ** 20) return found;
  let regions = 0;
  for (const area of heap) {
    let at = from + Math.ceil((area.from - from) / regionBytes) * regionBytes;
    while (at < area.to && regions++ < regionsMax) {
      const array = largeArrayAt(memory, at, layout);
      const bytes = array?.bytes ?? 0;
      const next = Math.min(to, at + Math.max(1, Math.ceil(bytes / regionBytes)) * regionBytes);
      if (array && bytes <= to - at) {
        found.kinds.push({ ...array, count: 1 });
        found.extents.push({ from: at, to: next });
      }
      at = next;
    }
  }
  return found;
}

function largeArrayAt(
  memory: CensusMemory,
  at: number,
  { klassBytes, classAt, regionBytes = 0 }: HeapLayout,
): { name: string; bytes: number } | undefined {
  const head = Buffer.alloc(24);
  if (!memory.isResident(at) || !memory.read(at, head) || !isMark(head, 0)) return undefined;
  const found = classAt(klassBytes === 4 ? head.readUInt32LE(8) : (wordAt(head, 8) ?? 0));
  if (found?.bytesPerItem === undefined) return undefined;
  const items = head.readUInt32LE(klassBytes === 4 ? 12 : 16);
  const bytes = found.bytes + items * found.bytesPerItem;
  return bytes >= regionBytes / 2 ? { name: found.name, bytes } : undefined;
}
