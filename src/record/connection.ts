/** The open history.db of a running agent: opened when it is needed, noticed when it is gone, replaced when damaged. */

import { statSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "../core/clock.ts";
import type { Run } from "../core/recording.ts";
import { inPrivateDirectory } from "../linux/private-directory.ts";
import { type Checkpointer, checkpointer } from "./checkpoint.ts";
import { renameDamaged } from "./damage.ts";
import { openStore, type Store } from "./store.ts";

export interface Connection {
  readonly checkpoint: Checkpointer;
  /** The store, opened with the run written into it if it was not. Throws what SQLite throws. */
  use(): Store;
  drop(): void;
  /** Puts a damaged file aside and opens a new one. Its new name, or undefined when that could not be. */
  replace(): string | undefined;
  /** Closes in the order that a power cut cannot break. */
  end(): void;
}

/** One stat(2). */
const fileCheckMs = 5_000;

export function connectionTo(path: string, run: Run, { wallMs, monotonicMs }: Clock): Connection {
  const checkpoint = checkpointer(path);
  let store: Store | undefined;
  let inode = 0;
  let fileCheckAtMs = 0;

  const open = (): Store => {
    // It was there before: somebody removed it under the agent.
    if (inode !== 0) inPrivateDirectory(dirname(path), () => {}, { isShared: true });
    const opened = openStore(path);
    store = opened;
    inode = statSync(path).ino;
    fileCheckAtMs = monotonicMs() + fileCheckMs;
    opened.writeRun(run);
    checkpoint.attach(opened.db);
    return opened;
  };
  const drop = () => {
    checkpoint.detach();
    try {
      store?.close();
    } catch {}
    store = undefined;
  };
  /** Removed or replaced under the agent: writing on would fill a file that nobody can reach. */
  const isGone = () => {
    if (monotonicMs() < fileCheckAtMs) return false;
    fileCheckAtMs = monotonicMs() + fileCheckMs;
    return statSync(path, { throwIfNoEntry: false })?.ino !== inode;
  };

  return {
    checkpoint,
    use() {
      if (store && isGone()) drop();
      return store ?? open();
    },
    drop,
    replace() {
      drop();
      try {
        const aside = renameDamaged(path, wallMs());
        if (aside !== undefined) open();
        return aside;
      } catch {
        drop();
        return undefined;
      }
    },
    end() {
      checkpoint.stop();
      try {
        // Closing copies the log into the file and removes it.
        store?.db.run("PRAGMA synchronous = NORMAL");
      } catch {}
      drop();
      checkpoint.release();
    },
  };
}
