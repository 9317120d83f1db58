/** Addresses of exported symbols, read from the image of a library that a process has loaded: no file is opened, so it
 * does not matter where the file is, whose it is, or whether it was replaced since. See elf(5). */

import { type MemoryWords, wordAt } from "../memory/words.ts";

const elfMagic = 0x464c457f;
const programHeaders = { load: 1, dynamic: 2 };
/** d_tag of the dynamic section. */
const tags = { stringTable: 5, symbolTable: 6, gnuHash: 0x6ffffef5 };

/** A library has some ten program headers and thirty dynamic entries. */
const entriesMax = 200;
/** Symbols of one hash chain; usual are fewer than ten. */
const chainMax = 10_000;
const symbolBytes = 24;

/** Where the symbols are in memory; a name that is not exported is left out. `base`: where the library begins. */
export function findSymbols(
  words: MemoryWords,
  base: number,
  names: readonly string[],
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const image = readImage(words, base);
  if (!image) return found;
  for (const name of names) {
    const address = lookUp(words, image, name);
    if (address !== undefined) found.set(name, address);
  }
  return found;
}

interface Image {
  bias: number;
  strings: number;
  symbols: number;
  hash: number;
}

function readImage(words: MemoryWords, base: number): Image | undefined {
  const head = words.bytes(base, 64);
  if (!head || head.readUInt32LE(0) !== elfMagic) return undefined;
  const count = Math.min(head.readUInt16LE(56), entriesMax);
  const table = words.bytes(base + (wordAt(head, 32) ?? 0), count * 56);
  if (!table) return undefined;
  const segments = Array.from({ length: count }, (_, index) => ({
    type: table.readUInt32LE(index * 56),
    address: wordAt(table, index * 56 + 16) ?? 0,
  }));
  const first = segments.find(({ type }) => type === programHeaders.load);
  const dynamic = segments.find(({ type }) => type === programHeaders.dynamic);
  if (!first || !dynamic) return undefined;
  const bias = base - first.address;
  const entries = readDynamic(words, bias + dynamic.address);
  // The C library writes addresses over the offsets that the file has; others leave them.
  const place = (tag: number) => {
    const value = entries.get(tag);
    return value === undefined ? undefined : value < base ? bias + value : value;
  };
  const [strings, symbols, hash] = [place(tags.stringTable), place(tags.symbolTable), place(tags.gnuHash)];
  if (strings === undefined || symbols === undefined || hash === undefined) return undefined;
  return { bias, strings, symbols, hash };
}

function readDynamic(words: MemoryWords, at: number): Map<number, number> {
  const entries = new Map<number, number>();
  for (let index = 0; index < entriesMax; index++) {
    const tag = words.word(at + index * 16);
    if (tag === undefined || tag === 0) break;
    const value = words.word(at + index * 16 + 8);
    if (value !== undefined) entries.set(tag, value);
  }
  return entries;
}

/** By the GNU hash table, which has the symbols of one hash value side by side. */
function lookUp(
  words: MemoryWords,
  { bias, strings, symbols, hash }: Image,
  name: string,
): number | undefined {
  const head = words.bytes(hash, 16);
  if (!head) return undefined;
  const [bucketCount, firstSymbol, bloomWords] = [0, 4, 8].map((at) => head.readUInt32LE(at)) as [
    number,
    number,
    number,
  ];
  if (bucketCount === 0) return undefined;
  const buckets = hash + 16 + bloomWords * 8;
  const chains = buckets + bucketCount * 4;
  const wanted = gnuHash(name);
  const half = (address: number) => words.bytes(address, 4)?.readUInt32LE(0);
  let symbol = half(buckets + (wanted % bucketCount) * 4) ?? 0;
  if (symbol < firstSymbol) return undefined;
  for (let steps = 0; steps < chainMax; steps++, symbol++) {
    const link = half(chains + (symbol - firstSymbol) * 4);
    if (link === undefined) return undefined;
    if (link >>> 1 === wanted >>> 1) {
      const entry = words.bytes(symbols + symbol * symbolBytes, symbolBytes);
      if (!entry) return undefined;
      if (words.text(strings + entry.readUInt32LE(0)) === name) return bias + (wordAt(entry, 8) ?? 0);
    }
    // The lowest bit ends the chain.
    if (link & 1) return undefined;
  }
  return undefined;
}

function gnuHash(name: string): number {
  let hash = 5381;
  for (const character of name) hash = (Math.imul(hash, 33) + character.charCodeAt(0)) >>> 0;
  return hash;
}
