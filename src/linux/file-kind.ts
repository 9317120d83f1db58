/** What a directory entry is, for the sentence that refuses everything but regular files. */

import type { Stats } from "node:fs";

export type FileKind = Pick<
  Stats,
  "isFIFO" | "isSocket" | "isCharacterDevice" | "isBlockDevice" | "isDirectory" | "isSymbolicLink"
>;

/** With its article: "a FIFO (named pipe)". */
export function kindOf(found: FileKind): string {
  if (found.isFIFO()) return "a FIFO (named pipe)";
  if (found.isSocket()) return "a socket";
  if (found.isCharacterDevice() || found.isBlockDevice()) return "a device";
  if (found.isDirectory()) return "a directory";
  return found.isSymbolicLink() ? "a symbolic link" : "of an unknown kind";
}
