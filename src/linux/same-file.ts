/** Whether two looks have met the same file: names change, device and inode do not. See inode(7). */

import type { Stats } from "node:fs";

type Seen = Partial<Pick<Stats, "dev" | "ino">> | undefined;

/** False where either was not there. */
export function isSameFile(one: Seen, other: Seen): boolean {
  return one?.ino !== undefined && one.ino === other?.ino && one.dev === other.dev;
}
