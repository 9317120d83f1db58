/**
 * The socket on which a JVM takes diagnostic commands, `/tmp/.java_pidN` in its own root (facts 7.2). Its user may put
 * anything there: what is connected to is the very file that was looked at, a socket of his, and no name is followed.
 */

import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { errnoOf } from "../../../core/errors.ts";
import { kindOf } from "../../../linux/file-kind.ts";
import { O_PATH } from "../../../linux/regular-file.ts";
import { ownProcDir } from "../../../linux/roots.ts";
import type { JvmProcess } from "./jvm-process.ts";

const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** The JVM's /tmp, held. Throws what open(2) refuses; a link at its place is refused. */
export async function openTmp({ root }: JvmProcess): Promise<FileHandle> {
  // The root first: where a JVM's user has a root of his own, "tmp" is one name in it and nothing before it a link.
  const held = await open(root, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return await open(`${ownProcDir}/self/fd/${held.fd}/tmp`, directoryFlags);
  } finally {
    await held.close();
  }
}

/** The socket, held; undefined while there is none. Throws where it is something else, or another user's. */
export async function openSocket(
  tmp: FileHandle,
  { innerPid, owner }: JvmProcess,
): Promise<FileHandle | undefined> {
  const name = `.java_pid${innerPid}`;
  let file: FileHandle;
  try {
    file = await open(`${ownProcDir}/self/fd/${tmp.fd}/${name}`, O_PATH | constants.O_NOFOLLOW);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
  const stats = await file.stat();
  const refuse = async (why: string) => {
    await file.close();
    throw new Error(`/tmp/${name} ${why}: it was not connected to`);
  };
  if (!stats.isSocket()) await refuse(`is ${stats.isFile() ? "a file" : kindOf(stats)}, and no socket`);
  if (stats.uid !== owner.uid) await refuse(`belongs to user ${stats.uid}, and the JVM to ${owner.uid}`);
  return file;
}
