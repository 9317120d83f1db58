/** One file to hand in: a .tar.gz written as a stream, with the SHA-256 of each of its files at the end. */

import type { Stats } from "node:fs";
import { type FileHandle, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { describeError, errnoOf, NsomemError } from "../core/errors.ts";
import { openRegularLater } from "../linux/regular-file.ts";
import { replaceFile } from "../linux/replace-file.ts";
import { type TarEntry, tar } from "./tar.ts";

/**
 * A file of the bundle: a text, pieces of a text, or a file on disk as long as it is when its turn comes;
 * `expectedBytes` is what it has now, for those that may be large.
 */
export type BundleFile =
  | { name: string; text: string }
  | { name: string; pieces: () => Iterable<string> }
  | { name: string; path: string }
  | { name: string; open: OpenFile; expectedBytes?: number };

/** For a file that may be gone or another one when its turn comes: then the bundle goes on without it. */
export type OpenFile = () => Promise<{
  file: FileHandle;
  stats: Pick<Stats, "size" | "mtimeMs">;
  /** Where `size` bytes of it begin; 0 where it is absent. */
  from?: number;
}>;

export interface BundledFile {
  name: string;
  bytes: number;
  sha256: string;
  /** The file on disk became shorter while it was read; the rest is zeros. */
  shrunk: boolean;
  /** Why it is empty: it could not be opened. */
  unread?: string;
}

export interface BundleOptions {
  out: string;
  /** The directory that everything unpacks into. */
  root: string;
  files: readonly BundleFile[];
  nowMs: number;
  /** So many bytes have been read of all files. */
  onRead?: ((bytes: number) => Promise<void>) | undefined;
}

const pieceBytes = 256 * 1024;
// Level 6 takes twice the time of 3 for a tenth less on crash dumps, which are text.
const gzipLevel = 3;

/**
 * Writes `out` (0600) whole or not at all. Throws NsomemError BUNDLE, and leaves nothing of it; running it again
 * begins anew.
 */
export async function writeBundle(options: BundleOptions): Promise<BundledFile[]> {
  const { out } = options;
  const bundled: BundledFile[] = [];
  try {
    await mkdir(dirname(out), { recursive: true, mode: 0o700 });
    await replaceFile(out, (file) => writeArchive(file, entries(options, bundled)));
    return bundled;
  } catch (error) {
    const full =
      errnoOf(error) === "ENOSPC" ? "; nothing was kept: make room, or use --out, and run it again" : "";
    throw new NsomemError("BUNDLE", `cannot write ${out}: ${describeError(error)}${full}`);
  }
}

async function writeArchive(file: FileHandle, archived: AsyncIterable<TarEntry>): Promise<void> {
  await pipeline(
    // One piece ahead: sixteen, the default, hold memory without being faster.
    Readable.from(tar(archived), { highWaterMark: 1 }),
    createGzip({ level: gzipLevel }),
    async (pieces: AsyncIterable<Uint8Array>) => {
      for await (const piece of pieces) await file.writeFile(piece);
    },
  );
  await file.sync();
}

async function* entries(
  { root, files, nowMs, onRead }: BundleOptions,
  bundled: BundledFile[],
): AsyncGenerator<TarEntry> {
  let readBytes = 0;
  for (const file of files) {
    const hash = new Bun.CryptoHasher("sha256");
    const state: ContentState = { shrunk: false };
    const { bytes, mtimeMs, content } = await contentOf(file, nowMs, state);
    yield {
      name: `${root}/${file.name}`,
      bytes,
      mtimeMs,
      async *content() {
        for await (const piece of content()) {
          hash.update(piece);
          readBytes += piece.length;
          await onRead?.(readBytes);
          yield piece;
        }
      },
    };
    bundled.push({ name: file.name, bytes, sha256: hash.digest("hex"), ...state });
  }
  const sums = Buffer.from(bundled.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(""));
  yield {
    name: `${root}/SHA256SUMS`,
    bytes: sums.length,
    mtimeMs: nowMs,
    async *content() {
      yield sums;
    },
  };
}

type Content = Omit<TarEntry, "name">;

type ContentState = Pick<BundledFile, "shrunk" | "unread">;

async function contentOf(file: BundleFile, nowMs: number, state: ContentState): Promise<Content> {
  if ("path" in file) return fileContent(await openRegularLater(file.path), state);
  if ("open" in file) return await contentOrNothing(file.open, nowMs, state);
  const pieces = "text" in file ? () => [file.text] : file.pieces;
  let bytes = 0;
  for (const piece of pieces()) bytes += Buffer.byteLength(piece);
  return {
    bytes,
    mtimeMs: nowMs,
    async *content() {
      for (const piece of pieces()) if (piece !== "") yield Buffer.from(piece);
    },
  };
}

async function contentOrNothing(open: OpenFile, nowMs: number, state: ContentState): Promise<Content> {
  try {
    return fileContent(await open(), state);
  } catch (error) {
    state.unread = describeError(error);
    return { bytes: 0, mtimeMs: nowMs, async *content() {} };
  }
}

/** Exactly as many bytes as the file has now: a log may grow, a dump may be cut while it is read. */
function fileContent(
  { file: handle, stats, from = 0 }: Awaited<ReturnType<OpenFile>>,
  state: ContentState,
): Content {
  const { size, mtimeMs } = stats;
  return {
    bytes: size,
    mtimeMs,
    async *content() {
      try {
        let left = size;
        while (left > 0) {
          // A buffer of its own for each piece: the one before it may still be in the compressor.
          const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, left));
          const { bytesRead } = await handle.read(buffer, 0, buffer.length, from + size - left);
          if (bytesRead === 0) state.shrunk = true;
          left -= bytesRead || buffer.length;
          yield bytesRead === 0 ? buffer.fill(0) : buffer.subarray(0, bytesRead);
        }
      } finally {
        await handle.close();
      }
    },
  };
}
