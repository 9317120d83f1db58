/** The image of a libjvm.so and a heap as the census finds them in a JVM, made up: a real one is in test/lab. */

import { type MadeUpMemory, madeUpMemory } from "../made-up-memory.ts";

export const libraryBase = 0x7f00_0000_0000;
const heapFrom = 0xe000_0000;
const heapBytes = 4 * 2 ** 20;
const structures = 0x7f10_0000_0000;
const strings = 0x7f20_0000_0000;
const classes = 0x8_0000_0000;

export interface MadeUpClass {
  name: string;
  layoutHelper: number;
}

export interface MadeUpJvm {
  memory: MadeUpMemory;
  areas: { from: number; to: number; mode: string; offset: number; path: string }[];
  /** Puts an object at this place of the heap. */
  object(offset: number, klass: number, items?: number): void;
  /** The class pointers, in the order of the classes. */
  klasses: number[];
}

export interface MadeUpOptions {
  classes: readonly MadeUpClass[];
  flags?: readonly string[];
  regionBytes?: number;
}

export function madeUpJvm({ classes: wanted, flags = [], regionBytes = 0 }: MadeUpOptions): MadeUpJvm {
  const memory = madeUpMemory();
  let stringAt = strings;
  const text = (value: string) => {
    const at = stringAt;
    memory.text(at, value);
    stringAt += value.length + 1;
    return at;
  };
  const heapObject = structures + 0x100;
  memory.word(heapObject + 24, heapFrom);
  memory.word(heapObject + 32, heapBytes / 8);
  const statics = structures + 0x200;
  memory.word(statics, heapObject);
  memory.word(statics + 8, classes);
  memory.word(statics + 16, 0);
  memory.word(statics + 24, regionBytes);
  const flagList = structures + 0x1000;
  memory.word(statics + 32, flagList);
  memory.word(statics + 40, flags.length);
  for (const [index, flag] of flags.entries()) {
    memory.word(flagList + index * 32, flagList + 0x800 + index);
    memory.word(flagList + index * 32 + 8, text(flag));
    memory.bytes(flagList + 0x800 + index, Buffer.from([1]));
  }
  writeLibrary(
    memory,
    text,
    [
      ["Universe", "_collectedHeap", 0, statics],
      ["CollectedHeap", "_reserved", 24, 0],
      ["CompressedKlassPointers", "_narrow_klass._base", 0, statics + 8],
      ["CompressedKlassPointers", "_narrow_klass._shift", 0, statics + 16],
      ["HeapRegion", "GrainBytes", 0, statics + 24],
      ["JVMFlag", "flags", 0, statics + 32],
      ["JVMFlag", "numFlags", 0, statics + 40],
      ["JVMFlag", "_addr", 0, 0],
      ["JVMFlag", "_name", 8, 0],
      ["Klass", "_name", 24, 0],
      ["Klass", "_layout_helper", 8, 0],
      ["Symbol", "_length", 4, 0],
      ["Symbol", "_body[0]", 6, 0],
    ],
    [["JVMFlag", 32]],
  );
  const klasses = wanted.map(({ name, layoutHelper }, index) => {
    const offset = (index + 1) * 0x100;
    const symbol = stringAt + 8;
    memory.half(symbol + 4, name.length);
    memory.text(symbol + 6, name);
    stringAt = symbol + 8 + name.length;
    memory.half(classes + offset + 8, layoutHelper >>> 0);
    memory.word(classes + offset + 24, symbol);
    return offset;
  });
  return {
    memory,
    klasses,
    areas: [
      { from: heapFrom, to: heapFrom + heapBytes, mode: "rw-p", offset: 0, path: "" },
      {
        from: libraryBase,
        to: libraryBase + 0x10000,
        mode: "r--p",
        offset: 0,
        path: "/jre/lib/server/libjvm.so",
      },
    ],
    object(offset, klass, items = 0) {
      memory.word(heapFrom + offset, 1);
      memory.half(heapFrom + offset + 8, klass);
      memory.half(heapFrom + offset + 12, items);
    },
  };
}

type Field = [type: string, name: string, offset: number, address: number];

/** An ELF image with one hash bucket for all symbols. */
function writeLibrary(
  memory: MadeUpMemory,
  text: (value: string) => number,
  fields: readonly Field[],
  types: readonly [string, number][],
): void {
  const at = (offset: number) => libraryBase + offset;
  memory.half(libraryBase, 0x464c457f);
  memory.word(at(32), 64);
  memory.half(at(56), 2);
  const segment = (index: number, type: number, address: number) => {
    memory.half(at(64 + index * 56), type);
    memory.word(at(64 + index * 56 + 16), address);
  };
  segment(0, 1, 0);
  segment(1, 2, 0x400);
  const [symbolTable, stringTable, hash] = [0x1000, 0x3000, 0x800];
  for (const [index, [tag, value]] of [
    [5, stringTable],
    [6, symbolTable],
    [0x6ffffef5, hash],
  ].entries()) {
    memory.word(at(0x400 + index * 16), tag ?? 0);
    memory.word(at(0x400 + index * 16 + 8), value ?? 0);
  }
  memory.word(at(0x400 + 48), 0);
  // Values of the exported variables: each a word at 0x6000.
  const structs = structures + 0x4000;
  const sizes = structures + 0x8000;
  const exported: [string, number][] = [
    ["gHotSpotVMStructs", structs],
    ["gHotSpotVMStructEntryTypeNameOffset", 0],
    ["gHotSpotVMStructEntryFieldNameOffset", 8],
    ["gHotSpotVMStructEntryOffsetOffset", 16],
    ["gHotSpotVMStructEntryAddressOffset", 24],
    ["gHotSpotVMStructEntryArrayStride", 32],
    ["gHotSpotVMTypes", sizes],
    ["gHotSpotVMTypeEntryTypeNameOffset", 0],
    ["gHotSpotVMTypeEntrySizeOffset", 8],
    ["gHotSpotVMTypeEntryArrayStride", 16],
  ];
  for (const [index, value] of [1, 1, 1, 0].entries()) memory.half(at(hash + index * 4), value);
  memory.half(at(hash + 24), 1);
  let nameAt = 1;
  for (const [index, [name, value]] of exported.entries()) {
    const isLast = index === exported.length - 1;
    memory.half(at(hash + 28 + index * 4), ((gnuHash(name) & ~1) | Number(isLast)) >>> 0);
    memory.text(at(stringTable + nameAt), name);
    memory.half(at(symbolTable + (index + 1) * 24), nameAt);
    memory.word(at(symbolTable + (index + 1) * 24 + 8), 0x6000 + index * 8);
    memory.word(at(0x6000 + index * 8), value);
    nameAt += name.length + 1;
  }
  for (const [index, [type, name, offset, address]] of fields.entries())
    for (const [column, value] of [text(type), text(name), offset, address].entries())
      memory.word(structs + index * 32 + column * 8, value);
  memory.bytes(structs + fields.length * 32, Buffer.alloc(32));
  for (const [index, [type, size]] of types.entries()) {
    memory.word(sizes + index * 16, text(type));
    memory.word(sizes + index * 16 + 8, size);
  }
  memory.bytes(sizes + types.length * 16, Buffer.alloc(16));
}

function gnuHash(name: string): number {
  return Buffer.from(name).reduce((hash, byte) => (Math.imul(hash, 33) + byte) >>> 0, 5381);
}
