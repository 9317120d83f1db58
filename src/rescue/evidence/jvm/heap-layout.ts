/** Where the heap of a running HotSpot JVM is, and how an object in it tells its class: from the JVM's own tables. */

import type { MemoryWords } from "../memory/words.ts";
import { javaClassName } from "./class-name.ts";
import { readVmFlags, readVmTables, type VmTables } from "./vm-tables.ts";

export interface HeapLayout {
  from: number;
  to: number;
  /** Of the class pointer in an object: 4 where it is compressed. */
  klassBytes: 4 | 8;
  /** G1: an array of half a region and more begins at the start of one. Undefined with another collector. */
  regionBytes: number | undefined;
  /** Undefined where what was taken for a class pointer leads to no class. */
  classAt(klass: number): HeapClass | undefined;
}

export interface HeapClass {
  name: string;
  /** Of an instance; of an array its header. */
  bytes: number;
  /** Of an array. */
  bytesPerItem: number | undefined;
}

const heapBytesMax = 2 ** 46;
const nameBytesMax = 512;
/** Narrow class pointers are shifted by 0 or 3; compact headers by up to 10. */
const shiftMax = 10;

/** What these change is not known: objects have no header that this census could read. */
const unknownFlags: Record<string, string> = {
  UseZGC: "ZGC: not known",
  UseCompactObjectHeaders: "compact object headers: not known",
};

/** `base`: where libjvm.so begins. */
export function readHeapLayout(words: MemoryWords, base: number): HeapLayout | { unknown: string } {
  const tables = readVmTables(words, base);
  if (!tables) return { unknown: "its libjvm has no tables of its structures (no HotSpot)" };
  const flags = readVmFlags(words, tables, [
    ...Object.keys(unknownFlags),
    "UseCompressedClassPointers",
    "UseG1GC",
  ]);
  for (const [flag, why] of Object.entries(unknownFlags)) if (flags.has(flag)) return { unknown: why };
  const heap = heapRange(words, tables);
  const classAt = classReader(words, tables, flags.has("UseCompressedClassPointers"));
  if (!heap || !classAt) return { unknown: "its heap is not where versions 8 to 21 have it" };
  const region = tables.field("HeapRegion::GrainBytes", "G1HeapRegion::GrainBytes");
  return {
    ...heap,
    klassBytes: flags.has("UseCompressedClassPointers") ? 4 : 8,
    regionBytes: flags.has("UseG1GC") && region ? words.word(region.address) : undefined,
    classAt,
  };
}

function heapRange(words: MemoryWords, tables: VmTables): { from: number; to: number } | undefined {
  const [heap, reserved] = [
    tables.field("Universe::_collectedHeap"),
    tables.field("CollectedHeap::_reserved"),
  ];
  if (!heap || !reserved) return undefined;
  const at = (words.word(heap.address) ?? 0) + reserved.offset;
  const from = words.word(at) ?? 0;
  // Its length is in words.
  const bytes = (words.word(at + 8) ?? 0) * 8;
  return from > 0 && bytes > 0 && bytes <= heapBytesMax ? { from, to: from + bytes } : undefined;
}

function classReader(
  words: MemoryWords,
  tables: VmTables,
  isCompressed: boolean,
): HeapLayout["classAt"] | undefined {
  const [name, layout, length, body] = [
    tables.field("Klass::_name"),
    tables.field("Klass::_layout_helper"),
    tables.field("Symbol::_length"),
    tables.field("Symbol::_body[0]", "Symbol::_body"),
  ];
  const pointer = isCompressed ? narrowPointer(words, tables) : { base: 0, shift: 0 };
  if (!name || !layout || !length || !body || !pointer) return undefined;
  return (klass) => {
    const at = pointer.base + klass * 2 ** pointer.shift;
    const symbol = words.word(at + name.offset) ?? 0;
    const bytes = words.bytes(symbol + length.offset, 2)?.readUInt16LE(0) ?? 0;
    const helper = words.bytes(at + layout.offset, 4)?.readInt32LE(0);
    if (bytes === 0 || bytes > nameBytesMax || helper === undefined || helper === 0) return undefined;
    const label = javaClassName(words.bytes(symbol + body.offset, bytes)?.toString("utf8") ?? "");
    return label === undefined ? undefined : { name: label, ...sizesOf(helper) };
  };
}

function narrowPointer(words: MemoryWords, tables: VmTables): { base: number; shift: number } | undefined {
  const named = (field: string) =>
    tables.field(
      `CompressedKlassPointers::_narrow_klass.${field}`,
      `CompressedKlassPointers::${field}`,
      `Universe::_narrow_klass.${field}`,
    );
  const [base, shift] = [named("_base"), named("_shift")];
  const shiftBits = shift && words.bytes(shift.address, 1)?.[0];
  if (!base || shiftBits === undefined || shiftBits > shiftMax) return undefined;
  return { base: words.word(base.address) ?? 0, shift: shiftBits };
}

/** The layout helper: positive is the size of an instance; negative an array's header and the power of its items' size. */
function sizesOf(helper: number): Pick<HeapClass, "bytes" | "bytesPerItem"> {
  // The lowest bit says that instances are made in a slow way.
  if (helper > 0) return { bytes: helper & ~7, bytesPerItem: undefined };
  const power = helper & 0xff;
  return { bytes: (helper >> 16) & 0xff, bytesPerItem: power <= 3 ? 2 ** power : 0 };
}
