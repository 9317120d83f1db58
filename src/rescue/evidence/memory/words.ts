/** Words and texts in the memory of another process. Wherever one leads, a bounded piece is read, or nothing. */

import { type ProcessMemory, pageBytes } from "../../../linux/process-memory.ts";

export type ReadableMemory = Pick<ProcessMemory, "read">;

export interface MemoryWords {
  /** A copy of `length` bytes; undefined where they are not all mapped. */
  bytes(address: number, length: number): Buffer | undefined;
  /** 64 bits without sign. Undefined beyond 2^53, which is no address and no size. */
  word(address: number): number | undefined;
  /** Up to its NUL; undefined where there is none within `lengthMax` bytes, or nothing is mapped. */
  text(address: number, lengthMax?: number): string | undefined;
}

/** 2 MiB: HotSpot's tables and their names lie together. */
const cachedPagesMax = 512;
const bytesMax = 1 << 20;

/** Pages are kept, since tables and names are read in small pieces: it is for what does not change meanwhile. */
export function wordsIn(memory: ReadableMemory): MemoryWords {
  const pages = new Map<number, Buffer | undefined>();
  const pageAt = (address: number): Buffer | undefined => {
    if (pages.has(address)) return pages.get(address);
    if (pages.size >= cachedPagesMax) pages.clear();
    const page = Buffer.alloc(pageBytes);
    const found = memory.read(address, page) ? page : undefined;
    pages.set(address, found);
    return found;
  };
  const bytes = (address: number, length: number): Buffer | undefined => {
    if (!Number.isInteger(address) || address <= 0 || length < 0 || length > bytesMax) return undefined;
    const into = Buffer.alloc(length);
    for (let done = 0; done < length; ) {
      const offset = (address + done) % pageBytes;
      const page = pageAt(address + done - offset);
      if (!page) return undefined;
      done += page.copy(into, done, offset, Math.min(pageBytes, offset + length - done));
    }
    return into;
  };
  return {
    bytes,
    word(address) {
      const eight = bytes(address, 8);
      return eight && wordAt(eight, 0);
    },
    text(address, lengthMax = 128) {
      // Not all of it may be mapped: a name at the end of the last page.
      const toPageEnd = pageBytes - (address % pageBytes);
      const piece = bytes(address, lengthMax) ?? bytes(address, Math.min(lengthMax, toPageEnd));
      const end = piece?.indexOf(0) ?? -1;
      return end < 0 ? undefined : piece?.toString("latin1", 0, end);
    },
  };
}

/** 64 bits of `buffer`; undefined beyond 2^53. */
export function wordAt(buffer: Buffer, offset: number): number | undefined {
  const value = buffer.readUInt32LE(offset) + buffer.readUInt32LE(offset + 4) * 2 ** 32;
  return Number.isSafeInteger(value) ? value : undefined;
}
