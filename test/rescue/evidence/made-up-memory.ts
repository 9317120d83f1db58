/** Memory of a process that is not there: pages at any addresses, written in words and texts. */

import { pageBytes } from "../../../src/linux/process-memory.ts";

export interface MadeUpMemory {
  read(address: number, into: Buffer): boolean;
  isResident(address: number): boolean;
  /** Number of reads so far. */
  reads(): number;
  bytes(address: number, content: Buffer): void;
  word(address: number, value: number): void;
  half(address: number, value: number): void;
  text(address: number, text: string): void;
}

export function madeUpMemory(): MadeUpMemory {
  const pages = new Map<number, Buffer>();
  let reads = 0;
  const page = (address: number) => pages.get(address - (address % pageBytes));
  const write = (address: number, content: Buffer) => {
    for (const [index, byte] of content.entries()) {
      const at = address + index;
      const start = at - (at % pageBytes);
      const there = pages.get(start) ?? Buffer.alloc(pageBytes);
      there[at - start] = byte;
      pages.set(start, there);
    }
  };
  const number = (bytes: 4 | 8, value: number) => {
    const buffer = Buffer.alloc(bytes);
    buffer.writeUIntLE(value % 2 ** 32, 0, 4);
    if (bytes === 8) buffer.writeUInt32LE(Math.floor(value / 2 ** 32), 4);
    return buffer;
  };
  return {
    read(address, into) {
      reads++;
      for (let index = 0; index < into.length; index++) {
        const from = page(address + index);
        if (!from) return false;
        into[index] = from[(address + index) % pageBytes] ?? 0;
      }
      return true;
    },
    isResident: (address) => page(address) !== undefined,
    reads: () => reads,
    bytes: write,
    word: (address, value) => write(address, number(8, value)),
    half: (address, value) => write(address, number(4, value)),
    text: (address, text) => write(address, Buffer.from(`${text}\0`, "latin1")),
  };
}

/** Numbers from 0 up to 1, the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
