/** Whether a file or a directory is out of other users' reach, as sshd's StrictModes asks of a key file. */

import { dirname, join, resolve } from "node:path";
import { call, doNow, type FileWork } from "./file-work.ts";
import {
  type ExaminedPart,
  examinePart,
  mayEnter,
  mayOthers,
  mayWrite,
  type Owned,
  type OwnershipView,
  type Part,
  sticky,
  type Tolerance,
} from "./path-part.ts";

/** What is accepted of a directory that files are kept in. */
export interface PlaceOptions {
  /** A sticky directory of root's (/tmp) will do: for a single file, which is then checked for its owner. */
  isShared?: boolean;
  /**
   * A directory above it that root gave to a group is accepted: for logs, since /var/log is root:syslog 0775 on Ubuntu,
   * nothing of them is obeyed, and they are reached by the descriptor of their directory alone.
   */
  trustsGroups?: boolean;
}

/** What was found on the way to a path. */
export interface Way {
  /** Each with the command that mends it; empty when nobody else can put another thing at the path. */
  complaints: string[];
  /** The path without links, as far as it exists. */
  real: string;
  /** What is at `real`. */
  found: Owned | undefined;
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
  const tolerance: Tolerance = {
    isSealed: () => false,
    accepts: ({ mode }, isLast) => !isLast && (mode & sticky) !== 0,
  };
  return doNow(walk(path, "file", view, tolerance)).complaints;
}

/** The same for what user `uid` would run: his own files are good enough for him, as root's are. */
export function complaintsFor(path: string, uid: number, view = kernelView()): string[] {
  return ownershipComplaints(path, { ...view, uid });
}

/**
 * The same for a directory that many files are kept in: it may lie in a sticky one, and must not be one itself unless
 * `isShared`, since others could take the next name in it first. Who may write below a directory that no other user
 * can enter does not matter: a file system that is mounted there has mode 1777 more often than not. For a user who is not
 * root, the directory itself is held to this, and those above it to their owner.
 */
export function wayToDirectory(
  path: string,
  { isShared = false, trustsGroups = false }: PlaceOptions,
  view: OwnershipView = kernelView(),
): FileWork<Way> {
  const sealed = new Set<string>();
  const tolerance: Tolerance = {
    isSealed(part, found) {
      const isWithin = sealed.has(dirname(part));
      if (isWithin || !mayOthers(mayEnter, found, view.uid)) sealed.add(part);
      return isWithin;
    },
    accepts: ({ uid, mode }, isLast) =>
      ((!isLast || isShared) && (mode & sticky) !== 0) ||
      (!isLast && trustsGroups && uid === 0 && (mode & mayWrite) === 0) ||
      // An agent of another user has that user's hands alone, and often no say in how its directories lie.
      (!isLast && view.uid !== 0),
  };
  return walk(path, "directory", view, tolerance);
}

/** As many as the kernel follows (path_resolution(7)). */
const linksMax = 40;

/** From `/` down: what is checked cannot be replaced any more by the time that the next part is. */
function* walk(path: string, noun: Part["noun"], view: OwnershipView, tolerance: Tolerance): FileWork<Way> {
  const complaints = new Set<string>();
  const known = new Map<string, Owned | undefined>();
  const rest = namesOf(resolve(path));
  let real = "/";
  let links = 0;
  yield* examine("/");
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    const part = name === ".." ? dirname(real) : join(real, name);
    const { kind } = name === ".." ? { kind: "other" } : yield* examine(part);
    if (kind === "missing") return wayWith([name, ...rest]);
    if (kind !== "link") {
      real = part;
      continue;
    }
    if (++links > linksMax) {
      complaints.add(`${path} leads through more than ${linksMax} symbolic links`);
      break;
    }
    const target = yield* view.target(part);
    rest.unshift(...namesOf(target));
    if (target.startsWith("/")) real = "/";
  }
  return wayWith([]);

  function* examine(part: string): FileWork<ExaminedPart> {
    const isLast = rest.length === 0;
    const asked = { path: part, noun: isLast ? noun : "directory", isLast } as const;
    const examined = yield* examinePart(asked, view, tolerance);
    if (examined.complaint !== undefined) complaints.add(examined.complaint);
    known.set(part, examined.found);
    return examined;
  }

  function wayWith(missing: string[]): Way {
    return { complaints: [...complaints], real, found: known.get(real), missing };
  }
}

function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

function kernelView(): OwnershipView {
  return {
    uid: process.getuid?.() ?? 0,
    stat: call.lstat,
    target: call.readlink,
  };
}
