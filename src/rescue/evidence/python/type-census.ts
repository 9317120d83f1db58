/**
 * Which types of objects fill the memory of a running CPython, from a sample of its pages: an object begins with its
 * reference count and a pointer to its type (facts 7.4). It is neither stopped nor asked. Names of types only, no value.
 */

import { isAllocated, type MemoryArea } from "../../../core/memory-areas.ts";
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
import { readPythonType } from "./type-objects.ts";

const placesPerPage = 2;
const typesMax = 2000;

/** Never throws: what is not known says why. */
export function censusTypes(
  memory: Pick<ProcessMemory, "read" | "isResident">,
  areas: readonly MemoryArea[],
  { pagesMax, random }: { pagesMax: number; random: () => number },
): Census | { unknown: string } {
  const allocated = areas.filter(isAllocated);
  const plan = planSample(allocated, pagesMax * placesPerPage, random);
  const sampled = samplePages(memory, plan, { pagesMax, scan });
  if (sampled.pagesSampled === 0) return { unknown: "none of its memory could be read" };
  const words = wordsIn(memory);
  const kinds = likely(sampled, typesMax).flatMap(([address, { count, items }]): Kind[] => {
    const type = readPythonType(words, address);
    if (!type) return [];
    const inItems = count < countForLengths ? 0 : items * type.bytesPerItem;
    return [{ name: type.name, count, bytes: count * type.bytes + inItems }];
  });
  if (kinds.length === 0)
    return {
      unknown:
        "no types of CPython 3.8 to 3.13 were found in it (another Python, or a build without the GIL)",
    };
  return censusOf(kinds, sampled);
}

/** Objects begin at multiples of 16 since 3.8. */
const step = 16;
/** Reference count, type, and the number of items of those that have some. */
const headBytes = 24;

function scan(page: Buffer, note: Note): void {
  for (let at = 0; at + headBytes <= page.length; at += step) {
    if (!isReferenceCount(page.readUInt32LE(at), page.readUInt32LE(at + 4))) continue;
    const type = wordAt(page, at + 8);
    if (type === undefined || type < 0x10000 || type % 8 !== 0) continue;
    note(type, page.readUInt32LE(at + 16));
  }
}

/** Small, or that of an immortal object (3.12 and later). A freed block has the address of the next one there. */
function isReferenceCount(low: number, high: number): boolean {
  if (low === 0) return false;
  return high <= 1 || high === 0x4000_0000 || high === 0x4000_0001;
}
