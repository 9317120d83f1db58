/**
 * The write-ahead log into the database file, without an fsync on the agent's thread: a disk busy with a crash dump
 * may take seconds for one. Order kept, so that a power cut at any moment leaves a readable file: log synced, pages
 * copied, file synced, log emptied.
 */

import type { Database } from "bun:sqlite";
import { fstatSync, statSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { openRegularLater } from "../linux/regular-file.ts";

export interface Checkpointer {
  attach(db: Database): void;
  detach(): void;
  /** True while a checkpoint is under way: nothing may be written then. */
  busy(): boolean;
  /** Starts a checkpoint when the log has grown enough; `done` is called after it, never before returning. */
  consider(done: () => void): void;
  /** Lets nothing new begin; `busy` is false from now on. */
  stop(): void;
  /** After the connection's close. */
  release(): void;
}

/** About two minutes of 10 processes; copying so many pages takes about 2 ms. */
const walBytesMax = 1024 * 1024;
/** Looking at the log's size costs a system call; it grows by some 8 KiB a second. */
const lookEvery = 16;

export function checkpointer(path: string): Checkpointer {
  let db: Database | undefined;
  let running = false;
  let stopped = false;
  let looks = 0;
  // Kept open: closing any descriptor of the file would drop SQLite's POSIX locks on it (sqlite.org/howtocorrupt).
  let file: FileHandle | undefined;

  const release = () => {
    file?.close().catch(() => {});
    file = undefined;
  };

  const run = async (target: Database) => {
    const { file: wal } = await openRegularLater(`${path}-wal`, { isNoLink: true });
    try {
      await wal.datasync();
    } finally {
      await wal.close();
    }
    if (db !== target || stopped) return;
    target.run("PRAGMA wal_checkpoint(PASSIVE)");
    file ??= (await openRegularLater(path, { isNoLink: true })).file;
    await file.datasync();
    if (db !== target || stopped) return;
    target.run("PRAGMA wal_checkpoint(TRUNCATE)");
  };

  return {
    attach(opened) {
      db = opened;
      // The file of another inode (moved aside, removed) has no locks of ours to lose.
      if (file && fstatSync(file.fd).ino !== statSync(path).ino) release();
    },
    detach() {
      db = undefined;
    },
    busy: () => running && !stopped,
    consider(done) {
      const target = db;
      if (!target || running || stopped || looks++ % lookEvery !== 0) return;
      if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) < walBytesMax) return;
      running = true;
      run(target)
        // Whatever it was, the next write meets it too and is answered there.
        .catch(() => {})
        .finally(() => {
          running = false;
          if (!stopped) done();
        });
    },
    stop() {
      stopped = true;
    },
    release,
  };
}
