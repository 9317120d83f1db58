/** Whether files that nsomem obeys as root belong to root alone, as sshd's StrictModes asks of a key file. */

import { lstatSync, realpathSync, type Stats } from "node:fs";
import { dirname, resolve } from "node:path";
import { errnoOf } from "../core/errors.ts";

/** The parts of stat(2) that matter, and how to get them: made up in tests. */
export interface OwnershipView {
  uid: number;
  stat: (path: string) => (Pick<Stats, "uid" | "mode"> & Partial<Pick<Stats, "gid">>) | undefined;
}

/**
 * Why `path` must not be trusted, each with the command that mends it; empty when it may. Every directory up to `/` is
 * checked, on the way as written and on the one behind symbolic links: whoever can write one of them can put another
 * file there. As sudo and OpenSSH's portable checks do, a world-writable directory of root's with the sticky bit
 * (/tmp) is accepted: others cannot rename or remove in it what is root's. Other users than root trust their own.
 */
export function ownershipComplaints(path: string, view: OwnershipView = kernelView()): string[] {
  return view.uid === 0 ? complaintsOf(path, view) : [];
}

/** The same for what user `uid` would run: his own files are good enough for him, as root's are. */
export function complaintsFor(path: string, uid: number, view = kernelView()): string[] {
  return complaintsOf(path, { ...view, uid });
}

function complaintsOf(path: string, view: OwnershipView): string[] {
  const complaints: string[] = [];
  const ways = [partsOf(resolve(path)), partsOf(realPath(path))];
  for (const [index, part] of ways.flatMap((way) => [...way.entries()])) {
    const complaint = complaintOf(part, index > 0, view);
    if (complaint && !complaints.includes(complaint)) complaints.push(complaint);
  }
  return complaints;
}

const writableByGroup = 0o020;
const writableByAll = 0o002;
const sticky = 0o1000;
const typeMask = 0o170000;
const symbolicLink = 0o120000;

function complaintOf(path: string, isDirectory: boolean, { uid, stat }: OwnershipView): string | undefined {
  const found = stat(path);
  if (!found) return undefined;
  const noun = isDirectory ? "directory " : "";
  if (found.uid !== 0 && found.uid !== uid) {
    const others = uid === 0 ? "not to root" : `neither to root nor to user ${uid}`;
    const mend = `chown ${uid === 0 ? "root" : uid} ${quoted(path)}`;
    return `${noun}${path} belongs to user ${found.uid}, ${others}; mend it with: ${mend}`;
  }
  // A link has mode 777 always; who may change it is decided by its directory.
  if ((found.mode & typeMask) === symbolicLink) return undefined;
  if (!isWritableByOthers(found, uid) || (isDirectory && found.mode & sticky)) return undefined;
  const mode = (found.mode & 0o7777).toString(8).padStart(4, "0");
  return `${noun}${path} can be written by others (mode ${mode}); mend it with: chmod go-w ${quoted(path)}`;
}

/** For a user who is not root, the group is no other where it is his own private one (the same number) or root's. */
function isWritableByOthers({ mode, gid }: { mode: number; gid?: number }, uid: number): boolean {
  if (mode & writableByAll) return true;
  if ((mode & writableByGroup) === 0) return false;
  return uid === 0 || (gid !== uid && gid !== 0);
}

/** The path itself and every directory above it. */
function partsOf(path: string): string[] {
  const parts = [path];
  for (let at = path; at !== "/"; ) {
    at = dirname(at);
    parts.push(at);
  }
  return parts;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function quoted(path: string): string {
  return /^[A-Za-z0-9_/.@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function kernelView(): OwnershipView {
  return {
    uid: process.getuid?.() ?? 0,
    stat(path) {
      try {
        return lstatSync(path);
      } catch (error) {
        if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return undefined;
        throw error;
      }
    },
  };
}
