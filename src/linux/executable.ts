/** The file that a process executes: whether somebody else than root and its user could have put it there. */

import { lstatSync, readlinkSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import type { CoreCandidate, ExecutableFinding } from "../core/core-candidate.ts";
import { errnoOf } from "../core/errors.ts";
import { reachIn, rootOf } from "./mount-root.ts";
import { mayWrite, runsAsItsOwner, sticky } from "./path-part.ts";
import { hasGroupAlone, userName } from "./users.ts";

/**
 * The file is judged through `/proc/PID/exe`, which leads to it in any mount namespace and after it was removed by an
 * upgrade; its directories by the path that the link shows, as the process sees it. A made-up /proc has no such link:
 * nothing is said against it. See proc_pid_exe(5).
 */
export function judgeExecutable(procDir: string, { pid, uid }: CoreCandidate): ExecutableFinding {
  const link = `${procDir}/${pid}/exe`;
  try {
    const path = readlinkSync(link);
    const file = statSync(link);
    const why =
      setIdComplaint(path, file) ??
      complaintAbout(`its executable ${path}`, file, uid) ??
      directoryComplaint(rootOf(procDir, pid), path, uid);
    return why === undefined ? { state: "fit" } : { state: "unfit", why };
  } catch (error) {
    const errno = errnoOf(error) ?? String(error);
    if (errno === "ENOENT") return { state: "fit" };
    return { state: "unreadable", why: `what it executes cannot be read (${link}: ${errno})` };
  }
}

/** Anyone may start such a program with its owner's rights, under a name and arguments of his own. */
function setIdComplaint(path: string, { mode }: Stats): string | undefined {
  return !runsAsItsOwner(mode) ? undefined : `its executable ${path} is a set-user-ID program`;
}

/** Of every directory above `path` that is still there. */
function directoryComplaint(root: string, path: string, uid: number): string | undefined {
  // "(unreachable)/…": mounted nowhere any more.
  if (!path.startsWith("/")) return undefined;
  for (let at = path; at !== "/"; ) {
    at = dirname(at);
    const found = lstatSync(reachIn(root, at), { throwIfNoEntry: false });
    const complaint = found && complaintAbout(`the directory ${at} of its executable`, found, uid);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

const writableByGroup = 0o020;

function complaintAbout(what: string, found: Stats, uid: number): string | undefined {
  // A link has mode 777 always; who may change it is decided by its directory.
  if (found.isSymbolicLink()) return undefined;
  if (found.uid !== 0 && found.uid !== uid)
    return `${what} belongs to user ${userName(found.uid)}, neither to root nor to its own user`;
  // In such a directory (/tmp) others cannot rename or remove what is not theirs.
  if (found.isDirectory() && found.uid === 0 && (found.mode & sticky) !== 0) return undefined;
  const byAll = (found.mode & mayWrite) !== 0;
  const byGroup = (found.mode & writableByGroup) !== 0 && !hasGroupAlone(found.uid, found.gid);
  if (!byAll && !byGroup) return undefined;
  return `${what} can be written by others (mode ${(found.mode & 0o7777).toString(8).padStart(4, "0")})`;
}
