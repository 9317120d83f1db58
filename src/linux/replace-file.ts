/**
 * A file that appears whole or not at all: written under another name beside it, then renamed. See rename(2).
 *
 * Own code, because the agent replaces status.json once a second and must stay small. In the compiled binary
 * `write-file-atomic` adds 9 MiB of RSS and `atomically` 7 MiB (medians of five), this nothing; `atomically` listens
 * for 17 signals, some of which the agent answers itself. Theirs is a new name for each write, so that what a killed
 * agent leaves piles up; here the next write replaces it.
 */

import { renameSync, rmSync, writeFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";

/** `write` makes the file under the name that it is given. Throws what fails, and leaves nothing of it. */
export async function replaceFile(path: string, write: (partial: string) => Promise<unknown>): Promise<void> {
  const partial = partialOf(path);
  try {
    await write(partial);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** The same at once, for what must not wait for another turn of the event loop. */
export function replaceFileSync(path: string, write: (partial: string) => void): void {
  const partial = partialOf(path);
  try {
    write(partial);
    renameSync(partial, path);
  } catch (error) {
    try {
      rmSync(partial, { force: true });
    } catch {
      // Why it could not be written says more.
    }
    throw error;
  }
}

/** A text or bytes, for their owner alone (0600). */
export function replaceWithSync(path: string, content: string | Uint8Array): void {
  replaceFileSync(path, (partial) => writeFileSync(partial, content, { mode: 0o600 }));
}

function partialOf(path: string): string {
  return `${path}.partial`;
}
