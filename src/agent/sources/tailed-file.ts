/**
 * A file that another program writes, read from its start and onward: over truncation, renaming and absence. Regular
 * files only: a FIFO has one reader and no past, and the agent could neither find where it was after a restart nor be
 * sure that it alone gets the lines.
 */

import { closeSync, fstatSync, readSync, statSync } from "node:fs";
import { errnoOf } from "../../core/errors.ts";
import { wallMs } from "../../linux/host-clock.ts";
import { openRegular } from "../../linux/regular-file.ts";

/** What one look at the file gave. */
export interface TailedSlice {
  bytes: Uint8Array;
  /** When the bytes can have been written at the latest, in ms since the epoch. */
  writtenMs: number;
  /** The file begins anew with these bytes: what was half a line belongs to what was before. */
  isFresh: boolean;
  /** There is more to read right away. */
  hasMore: boolean;
}

export interface TailedFile {
  /** The next bytes, none where nothing was written since; undefined while the file is not there. Throws as `openRegular`. */
  read(): TailedSlice | undefined;
  isOpen(): boolean;
  close(): void;
}

/** Between two of these the agent does what else is due: a log of days is read in slices. */
const sliceBytes = 256 * 1024;
const headBytesMax = 256;

/** The file being read. */
interface OpenFile {
  descriptor: number;
  inode: number;
  offset: number;
  changedMs: number;
  /** Its first bytes as read: a file that was emptied and has grown again begins with other ones. */
  head: Buffer;
}

export function tailFile(path: string): TailedFile {
  const buffer = Buffer.alloc(sliceBytes);
  let file: OpenFile | undefined;
  const close = () => {
    if (file) closeSync(file.descriptor);
    file = undefined;
  };
  return {
    read() {
      const found = statSync(path, { throwIfNoEntry: false });
      const opened = found && !file ? openFile(path) : undefined;
      file ??= opened;
      if (!file) return undefined;
      const { size, mtimeMs } = fstatSync(file.descriptor);
      const isRestarted = size < file.offset || (mtimeMs !== file.changedMs && hasOtherHead(file));
      if (isRestarted) Object.assign(file, { offset: 0, head: Buffer.alloc(0) });
      file.changedMs = mtimeMs;
      const bytes = readNext(file, buffer);
      let hasMore = bytes.length > 0 && file.offset < size;
      // Renamed away and read to its end: on to the new one, or to wait for it.
      if (bytes.length === 0 && found?.ino !== file.inode) {
        close();
        hasMore = found !== undefined;
      }
      const writtenMs = Math.min(mtimeMs, wallMs());
      return { bytes, writtenMs, isFresh: isRestarted || opened !== undefined, hasMore };
    },
    isOpen: () => file !== undefined,
    close,
  };
}

function openFile(path: string): OpenFile | undefined {
  try {
    const { descriptor, stats } = openRegular(path, { of: "anyone" });
    return { descriptor, inode: stats.ino, offset: 0, changedMs: 0, head: Buffer.alloc(0) };
  } catch (error) {
    // It went between stat and open.
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function readNext(file: OpenFile, buffer: Buffer): Uint8Array {
  const bytes = buffer.subarray(0, readSync(file.descriptor, buffer, 0, buffer.length, file.offset));
  if (file.offset < headBytesMax) file.head = Buffer.concat([file.head, bytes]).subarray(0, headBytesMax);
  file.offset += bytes.length;
  return bytes;
}

/** It was emptied (copytruncate) and has grown beyond where it was read, all between two looks. */
function hasOtherHead({ descriptor, head }: OpenFile): boolean {
  const now = Buffer.alloc(head.length);
  return readSync(descriptor, now, 0, now.length, 0) < head.length || !now.equals(head);
}
