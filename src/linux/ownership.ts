/** Whether a file or a directory is out of other users' reach, as sshd's StrictModes asks of a key file. */

import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describeError, errnoOf } from "../core/errors.ts";

/** The parts of the file system that matter, and who asks: made up in tests. */
export interface OwnershipView {
  /** Who obeys the file, or writes into the directory: each part must be root's or this user's. */
  uid: number;
  /** lstat(2); undefined for what is not there. */
  stat: (path: string) => Pick<Stats, "uid" | "gid" | "mode"> | undefined;
  /** readlink(2) of a path that is a link. */
  target: (path: string) => string;
}

/** What was found on the way to a path. */
export interface Way {
  /** Each with the command that mends it; empty when nobody else can put another thing at the path. */
  complaints: string[];
  /** The path without links, as far as it exists. */
  real: string;
  /** The names at its end that are not there. */
  missing: string[];
}

/**
 * Why `path` must not be trusted, each with the command that mends it; empty when it may. Every directory from `/` on
 * is checked, through each link: whoever can write one of them can put another file there. As sudo and OpenSSH's
 * portable checks do, a world-writable directory of root's with the sticky bit (/tmp) is accepted: others cannot
 * rename or remove in it what is not theirs.
 */
export function ownershipComplaints(path: string, view: OwnershipView = kernelView()): string[] {
  return walk(path, { ...view, isShared: (isLast) => !isLast, isSealed: () => false }).complaints;
}

/** The same for what user `uid` would run: his own files are good enough for him, as root's are. */
export function complaintsFor(path: string, uid: number, view = kernelView()): string[] {
  return ownershipComplaints(path, { ...view, uid });
}

/**
 * The same for a directory that many files are kept in: it may lie in a sticky one, and must not be one itself unless
 * `isShared`, since others could take the next name in it first. Who may write below a directory that no other user
 * can enter does not matter: a file system that is mounted there has mode 1777 more often than not.
 */
export function wayToDirectory(
  path: string,
  { isShared }: { isShared: boolean },
  view: OwnershipView = kernelView(),
): Way {
  const sealed = new Set<string>();
  return walk(
    path,
    {
      ...view,
      isShared: (isLast) => !isLast || isShared,
      isSealed(directory, found) {
        if (sealed.has(dirname(directory)) || !isEnteredByOthers(found, view.uid)) sealed.add(directory);
        return sealed.has(dirname(directory));
      },
    },
    "directory",
  );
}

interface Walk extends OwnershipView {
  /** Whether no other user can come as far as this directory. Asked of each on the way, from `/` on. */
  isSealed: (directory: string, found: { mode: number; gid: number }) => boolean;
  /** Whether a sticky directory is accepted at the end of the way, or before it. */
  isShared: (isLast: boolean) => boolean;
}

/** As many as the kernel follows (path_resolution(7)). */
const linksMax = 40;

/** From `/` down: what is checked cannot be replaced any more by the time that the next part is. */
function walk(path: string, view: Walk, lastNoun = "file"): Way {
  const complaints = new Set<string>();
  const rest = namesOf(resolve(path));
  let real = "/";
  let links = 0;
  note(complaintOf({ path: "/", noun: "directory", isLast: rest.length === 0 }, view));
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === "..") {
      real = dirname(real);
      continue;
    }
    const part = join(real, name);
    const isLast = rest.length === 0;
    const found = complaintOf({ path: part, noun: isLast ? lastNoun : "directory", isLast }, view);
    note(found);
    if (found.kind === "missing") return { complaints: [...complaints], real, missing: [name, ...rest] };
    if (found.kind !== "link") {
      real = part;
      continue;
    }
    const target = view.target(part);
    if (++links > linksMax) {
      complaints.add(`${path} leads through more than ${linksMax} symbolic links`);
      break;
    }
    rest.unshift(...namesOf(target));
    if (target.startsWith("/")) real = "/";
  }
  return { complaints: [...complaints], real, missing: [] };

  function note({ complaint }: Found): void {
    if (complaint !== undefined) complaints.add(complaint);
  }
}

function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

interface Part {
  path: string;
  noun: string;
  isLast: boolean;
}

interface Found {
  kind: "missing" | "link" | "other";
  complaint?: string;
}

const write = 2;
const enter = 1;
const sticky = 0o1000;
const typeMask = 0o170000;
const symbolicLink = 0o120000;

function complaintOf(part: Part, view: Walk): Found {
  const { path } = part;
  const noun = part.noun === "file" ? "" : `${part.noun} `;
  let found: ReturnType<OwnershipView["stat"]>;
  try {
    found = view.stat(path);
  } catch (error) {
    return { kind: "missing", complaint: `${noun}${path} cannot be examined: ${describeError(error)}` };
  }
  if (!found) return { kind: "missing" };
  const kind = (found.mode & typeMask) === symbolicLink ? "link" : "other";
  if (found.uid !== 0 && found.uid !== view.uid) {
    const others = view.uid === 0 ? "not to root" : `neither to root nor to user ${view.uid}`;
    const mend = `chown ${view.uid === 0 ? "root" : view.uid} ${quoted(path)}`;
    return {
      kind,
      complaint: `${noun}${path} belongs to user ${found.uid}, ${others}; mend it with: ${mend}`,
    };
  }
  // A link has mode 777 always; who may change it is decided by its directory.
  if (kind === "link" || view.isSealed(path, found) || !isWritableByOthers(found, view.uid)) return { kind };
  const mode = (found.mode & 0o7777).toString(8).padStart(4, "0");
  if (part.noun === "directory" && found.mode & sticky)
    return view.isShared(part.isLast)
      ? { kind }
      : { kind, complaint: `directory ${path} is everybody's (mode ${mode}); name a directory below it` };
  return {
    kind,
    complaint: `${noun}${path} can be written by others (mode ${mode}); mend it with: chmod go-w ${quoted(path)}`,
  };
}

/**
 * For a user who is not root, the group is no other where it is his own private one (the same number, as most
 * distributions make them) or root's: containers that run under any user ID make their directories g=rwx for group 0.
 */
function mayOthers(bit: number, { mode, gid }: { mode: number; gid: number }, uid: number): boolean {
  if (mode & bit) return true;
  if ((mode & (bit << 3)) === 0) return false;
  return uid === 0 || (gid !== uid && gid !== 0);
}

const isWritableByOthers = (found: { mode: number; gid: number }, uid: number) =>
  mayOthers(write, found, uid);
const isEnteredByOthers = (found: { mode: number; gid: number }, uid: number) => mayOthers(enter, found, uid);

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
    target: (path) => readlinkSync(path),
  };
}
