/** The bytes of a dump from an open descriptor: as they lie there, or out of a gzip file. */

import { read, readSync } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { ByteSource } from "./sections.ts";

/** `bytes`: as long as the file was when it was opened; what is appended meanwhile is not waited for. */
export function plainSource(descriptor: number, bytes: number): ByteSource & { position(): number } {
  let at = 0;
  return {
    read(buffer, from) {
      const got = readSync(
        descriptor,
        buffer,
        from,
        Math.min(buffer.length - from, Math.max(0, bytes - at)),
        at,
      );
      at += got;
      return got;
    },
    skip(count) {
      if (at + count > bytes) return false;
      at += count;
      return true;
    },
    position: () => at,
  };
}

const compressedBytes = 256 * 1024;
const uncompressedBytes = 1024 * 1024;

/** A file that is cut or damaged ends where it can be read no further. */
export function gzipSource(descriptor: number, bytes: number): ByteSource & { position(): number } {
  const stream = Readable.from(compressed(descriptor, bytes), { highWaterMark: 1 });
  const gunzip = createGunzip({ chunkSize: uncompressedBytes });
  stream.on("error", (error) => gunzip.destroy(error));
  const chunks = stream.pipe(gunzip)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer = Buffer.alloc(0);
  let toSkip = 0;
  let position = 0;
  const next = async (): Promise<boolean> => {
    try {
      const { done, value } = await chunks.next();
      if (done === true) return false;
      rest = value;
      return true;
    } catch {
      return false;
    }
  };
  return {
    async read(buffer, from) {
      if (from === buffer.length) return 0;
      while (rest.length <= toSkip) {
        toSkip -= rest.length;
        if (!(await next())) return 0;
      }
      const got = rest.copy(buffer, from, toSkip);
      rest = rest.subarray(toSkip + got);
      position += toSkip + got;
      toSkip = 0;
      return got;
    },
    skip(count) {
      toSkip += count;
      return true;
    },
    position: () => position,
  };
}

async function* compressed(descriptor: number, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes; ) {
    // A buffer of its own for each: the one before may still be in the decompressor.
    const piece = Buffer.allocUnsafe(Math.min(compressedBytes, bytes - at));
    const got = await new Promise<number>((resolve, reject) =>
      read(descriptor, piece, 0, piece.length, at, (error, count) =>
        error ? reject(error) : resolve(count),
      ),
    );
    if (got === 0) return;
    at += got;
    yield piece.subarray(0, got);
  }
}
