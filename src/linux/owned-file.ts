/**
 * Files of NSO's, which are another user's than root, who reads them: its logs, its packages, its ncs.conf. Who owns a
 * directory says what its names lead to, so that nothing is read but what its user could have read himself: not
 * /etc/shadow because `devel.log` is a link to it, nor because ncs.conf names it as the log.
 */

import { constants, type Stats } from "node:fs";
import { type FileHandle, open, readdir, readlink } from "node:fs/promises";
import { NsomemError } from "../core/errors.ts";
import type { UserIds } from "./core-user.ts";
import { mayExecute, mayRead } from "./credentials.ts";
import { openRegularLater, readTextLater, withName } from "./regular-file.ts";
import { ownProcDir } from "./roots.ts";
import { ownUid } from "./run-as.ts";

/** Whose files, and in which root: "/", or the way into a container's. */
export interface Territory {
  root: string;
  user: UserIds;
}

const O_PATH = 0o10000000;
const directoryFlags = O_PATH | constants.O_DIRECTORY;
/** As many as the kernel follows, see path_resolution(7). */
const linksMax = 40;

/**
 * A regular file with one name, which is root's or that user's and which he may read, in directories of which the same
 * is true; a link counts as a directory on the way alone. Throws NsomemError FILE naming what it is instead, and what
 * open(2) refuses.
 */
export async function openOwned(
  path: string,
  territory: Territory,
): Promise<{ file: FileHandle; stats: Stats }> {
  const { directory, name } = await walk(path, territory, "file");
  try {
    const way = `${ownProcDir}/self/fd/${directory.fd}/${name}`;
    const opened = await openRegularLater(way, { isNoLink: true, name: path });
    const why = complaintOf(opened.stats, territory, await ownersOf(territory));
    if (why === undefined) return opened;
    await opened.file.close();
    throw new NsomemError("FILE", `${path} ${why}`);
  } finally {
    await directory.close();
  }
}

/** The first `bytesMax` bytes of such a file as text. Throws as `openOwned` does. */
export async function readOwned(path: string, territory: Territory, bytesMax: number): Promise<string> {
  const { file, stats } = await openOwned(path, territory);
  try {
    return await readTextLater(file, Math.min(stats.size, bytesMax));
  } finally {
    await file.close();
  }
}

/** The names in such a directory, in their order, at most `entriesMax`. Throws as `openOwned` does. */
export async function listOwned(path: string, territory: Territory, entriesMax = 10_000): Promise<string[]> {
  const { directory } = await walk(path, territory, "directory");
  try {
    return (await readdir(`${ownProcDir}/self/fd/${directory.fd}/.`)).sort().slice(0, entriesMax);
  } catch (error) {
    throw withName(error, path, `${ownProcDir}/self/fd/${directory.fd}/.`);
  } finally {
    await directory.close();
  }
}

/** Root, that user, this process's user, and whose the container is. */
async function ownersOf({ root, user }: Territory): Promise<ReadonlySet<number>> {
  const top = await open(root, directoryFlags);
  try {
    return new Set([0, user.uid, ownUid(), (await top.stat()).uid]);
  } finally {
    await top.close();
  }
}

/** From the root down, one descriptor after the other: what was looked at cannot become another directory. */
async function walk(
  path: string,
  territory: Territory,
  wants: "file" | "directory",
): Promise<{ directory: FileHandle; name: string }> {
  const owners = await ownersOf(territory);
  const left = path.split("/");
  const name = wants === "file" ? (left.pop() ?? "") : "";
  const stack = [await open(territory.root, directoryFlags)];
  try {
    for (let links = 0; left.length > 0; ) {
      const part = left.shift() ?? "";
      const here = stack.at(-1);
      if (part === "" || part === "." || !here) continue;
      if (part === "..") {
        if (stack.length > 1) await stack.pop()?.close();
        continue;
      }
      const way = `${ownProcDir}/self/fd/${here.fd}/${part}`;
      const next = await open(way, O_PATH | constants.O_NOFOLLOW).catch((error: unknown) => {
        throw withName(error, path, way);
      });
      const stats = await next.stat();
      if (!stats.isSymbolicLink()) {
        stack.push(next);
        refuseDirectory(path, part, stats, territory, owners);
        continue;
      }
      await next.close();
      if (!owners.has(stats.uid)) throw foreign(path, part, stats.uid);
      if (++links > linksMax)
        throw new NsomemError("FILE", `${path} leads through more than ${linksMax} links`);
      const target = await readlink(way);
      left.unshift(...target.split("/"));
      if (target.startsWith("/")) for (const passed of stack.splice(1)) await passed.close();
    }
    const directory = stack.pop();
    if (!directory) throw new NsomemError("FILE", `${path} is no path`);
    return { directory, name };
  } finally {
    for (const held of stack) await held.close();
  }
}

function refuseDirectory(
  path: string,
  part: string,
  stats: Stats,
  { user }: Territory,
  owners: ReadonlySet<number>,
): void {
  const refuse = (why: string) => new NsomemError("FILE", `${path}: ${part} ${why}`);
  if (!stats.isDirectory()) throw refuse("is no directory");
  if (!owners.has(stats.uid)) throw foreign(path, part, stats.uid);
  if (!isUnlimited(user) && !mayExecute(stats, user))
    throw refuse(`is closed to NSO's user (uid ${user.uid})`);
}

function foreign(path: string, part: string, uid: number): NsomemError {
  return new NsomemError(
    "FILE",
    `${path}: ${part} belongs to user ${uid}, neither to root nor to NSO's user`,
  );
}

function complaintOf(stats: Stats, { user }: Territory, owners: ReadonlySet<number>): string | undefined {
  if (!owners.has(stats.uid)) return `belongs to user ${stats.uid}, neither to root nor to NSO's user`;
  if (stats.nlink > 1) return "has a second name elsewhere (a hard link)";
  return isUnlimited(user) || mayRead(stats, user)
    ? undefined
    : `may not be read by NSO's user (uid ${user.uid})`;
}

/** Root's NSO reads everything; where this process is not root, the kernel asks. */
function isUnlimited({ uid }: UserIds): boolean {
  return uid === 0 || ownUid() !== 0;
}
