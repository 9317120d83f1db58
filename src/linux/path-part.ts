/** One part of a path: whether another user could put something else in its place, or into it. */

import type { Stats } from "node:fs";
import { describeError } from "../core/errors.ts";
import type { FileWork } from "./file-work.ts";

/** What is asked of the file system, and for whom: made up in tests. */
export interface OwnershipView {
  /** Who obeys the file, or writes into the directory: each part must be root's or this user's. */
  uid: number;
  /** lstat(2); undefined for what is not there. */
  stat: (path: string) => FileWork<Owned | undefined>;
  /** readlink(2) of a path that is a link. */
  target: (path: string) => FileWork<string>;
}

/** What is known of a part; its device and inode on a real file system. */
export type Owned = Pick<Stats, "uid" | "gid" | "mode"> & Partial<Pick<Stats, "dev" | "ino">>;

export interface Part {
  path: string;
  noun: "file" | "directory";
  /** The end of the path, unless it is a link. */
  isLast: boolean;
}

/** What makes up for being writable by others. */
export interface Tolerance {
  /** Whether no other user can come as far as this part. Asked of each on the way, from `/` on. */
  isSealed: (path: string, found: Owned) => boolean;
  /** Whether a directory that others can write is accepted all the same. */
  accepts: (found: Owned, isLast: boolean) => boolean;
}

export interface ExaminedPart {
  kind: "missing" | "link" | "other";
  found?: Owned;
  /** With the command that mends it. */
  complaint?: string;
}

/** The bits for "others" in a mode. */
export const mayWrite = 2;
export const mayEnter = 1;
export const sticky = 0o1000;
const setuidOrSetgid = 0o6000;

/** Whoever starts such a program gives it its owner's or group's rights, and arguments of his own. */
export function runsAsItsOwner(mode: number): boolean {
  return (mode & setuidOrSetgid) !== 0;
}

const typeMask = 0o170000;
const symbolicLink = 0o120000;

export function* examinePart(part: Part, view: OwnershipView, tolerance: Tolerance): FileWork<ExaminedPart> {
  const { path, noun } = part;
  const what = noun === "file" ? path : `${noun} ${path}`;
  let found: Owned | undefined;
  try {
    found = yield* view.stat(path);
  } catch (error) {
    return { kind: "missing", complaint: `${what} cannot be examined: ${describeError(error)}` };
  }
  if (!found) return { kind: "missing" };
  const kind = (found.mode & typeMask) === symbolicLink ? "link" : "other";
  if (found.uid !== 0 && found.uid !== view.uid)
    return { kind, found, complaint: ownerComplaint(what, path, found.uid, view.uid) };
  // A link has mode 777 always; who may change it is decided by its directory.
  if (kind === "link") return { kind, found };
  const isOutOfReach = tolerance.isSealed(path, found);
  if (isOutOfReach || !mayOthers(mayWrite, found, view.uid)) return { kind, found };
  if (noun === "directory" && tolerance.accepts(found, part.isLast)) return { kind, found };
  return { kind, found, complaint: modeComplaint(what, part, found.mode) };
}

function ownerComplaint(what: string, path: string, owner: number, uid: number): string {
  const others = uid === 0 ? "not to root" : `neither to root nor to user ${uid}`;
  const mend = `chown ${uid === 0 ? "root" : uid} ${quoted(path)}`;
  return `${what} belongs to user ${owner}, ${others}; mend it with: ${mend}`;
}

function modeComplaint(what: string, { path, noun }: Part, mode: number): string {
  const shown = (mode & 0o7777).toString(8).padStart(4, "0");
  if (noun === "directory" && mode & sticky)
    return `directory ${path} is everybody's (mode ${shown}); name a directory below it`;
  return `${what} can be written by others (mode ${shown}); mend it with: chmod go-w ${quoted(path)}`;
}

/**
 * For a user who is not root, the group is no other where it is his own private one (the same number, as most
 * distributions make them) or root's: containers that run under any user ID make their directories g=rwx for group 0.
 */
export function mayOthers(bit: number, { mode, gid }: Pick<Owned, "mode" | "gid">, uid: number): boolean {
  if (mode & bit) return true;
  if ((mode & (bit << 3)) === 0) return false;
  return uid === 0 || (gid !== uid && gid !== 0);
}

function quoted(path: string): string {
  return /^[A-Za-z0-9_/.@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
