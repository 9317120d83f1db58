/** Who a process is to the file system, and whether it may write somewhere. See credentials(7), path_resolution(7). */

import { constants, statSync } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf } from "../core/errors.ts";
import { sticky } from "./path-part.ts";
import { readOptional } from "./procfs.ts";
import { ownProcDir } from "./roots.ts";

export interface Credentials {
  uid: number;
  gid: number;
  groups: number[];
  /** CAP_DAC_OVERRIDE: permissions of files do not apply. */
  overridesPermissions: boolean;
  /** CAP_FOWNER: a sticky directory keeps nobody's file from it. */
  overridesOwners: boolean;
  /** Its real, effective, saved and file system IDs differ: a set-user-ID program, or one between two users. */
  isMixed: boolean;
}

/** Of a file or a directory, as stat(2) has it. */
interface Owned {
  uid: number;
  gid: number;
  mode: number;
}

/** What the mode bits are read for. */
type Identity = Pick<Credentials, "uid" | "gid" | "groups">;

const capDacOverride = 1n;
const capFowner = 3n;

/** File system identity of `pid` from `/proc/PID/status`; undefined when it is gone. */
export function readCredentials(procDir: string, pid: number | "self"): Credentials | undefined {
  const text = readOptional(`${procDir}/${pid}/status`);
  if (text === undefined) return undefined;
  const numbers = (name: string) =>
    (new RegExp(`^${name}:[ \\t]*(.*)$`, "m").exec(text)?.[1] ?? "").split(/\s+/).filter(Boolean).map(Number);
  const uids = numbers("Uid");
  const gids = numbers("Gid");
  // Real, effective, saved, file system: the last one counts here.
  const [uid, gid] = [uids[3], gids[3]];
  if (uid === undefined || gid === undefined) return undefined;
  return {
    uid,
    gid,
    groups: numbers("Groups"),
    overridesPermissions: hasCapability(text, capDacOverride),
    overridesOwners: hasCapability(text, capFowner),
    isMixed: new Set(uids).size > 1 || new Set(gids).size > 1,
  };
}

const capSysResource = 24n;

let mayLower: boolean | undefined;

/** Whether this process may lower the oom_score_adj of those whose it may write; looked at once. */
export function mayLowerScores(): boolean {
  mayLower ??= hasCapability(readOptional(`${ownProcDir}/self/status`) ?? "", capSysResource);
  return mayLower;
}

/** Whether the effective set in the text of a `status` file holds capability `bit`. */
export function hasCapability(statusText: string, bit: bigint): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(statusText)?.[1] ?? "0";
  return ((BigInt(`0x${effective}`) >> bit) & 1n) === 1n;
}

/** Whether a process could make a file at a place. */
export interface WriteVerdict {
  /** Why not, or undefined. */
  obstacle: string | undefined;
  /** It may make a new one there. */
  mayCreate: boolean;
  /** But one that it may not write has that name: it has to be moved before, which `mover` may. */
  isTaken: boolean;
}

/**
 * Why a process with `who` could not create a file at `path`, or undefined. By the mode bits of its directory (and
 * of an existing file, which it then overwrites) and by what the file system refuses to everybody; access control
 * lists are not looked at. `mover` moves away what is there.
 */
export async function writeObstacle(
  { directory, file }: { directory: string; file: string },
  who: Credentials,
  mover: Credentials,
): Promise<WriteVerdict> {
  const no = (obstacle: string) => ({ obstacle, mayCreate: false, isTaken: false });
  const [there, dir, refusal, fileRefusal] = await Promise.all([
    stat(file).catch(() => undefined),
    stat(directory).catch((error: unknown) => errnoOf(error) ?? "?"),
    writeRefusal(directory),
    writeRefusal(file),
  ]);
  if (there?.isDirectory()) return no("is a directory");
  if (typeof dir === "string")
    return no(dir === "ENOENT" ? "its directory does not exist" : `its directory is not to be seen (${dir})`);
  if (!dir.isDirectory()) return no("its directory is not one");
  if (refusal === "EROFS") return no("its file system is mounted read-only");
  if (there && fileRefusal === "EPERM") return no("is immutable (chattr -i)");
  const closed = closedToAll(refusal, who);
  const writes = there !== undefined && mayOverwrite(there, dir, who);
  if (closed === undefined && mayAccess(dir, who, write | search)) {
    const isTaken = there !== undefined && !writes;
    if (isTaken && !mayMove(there, dir, mover))
      return no(
        `a file of uid ${there.uid} is there, which the core's user (uid ${who.uid}) may not write and nsomem may not move aside`,
      );
    return { obstacle: undefined, mayCreate: true, isTaken };
  }
  if (writes && mayAccess(dir, who, search)) return { obstacle: undefined, mayCreate: false, isTaken: false };
  return no(closed ?? `its directory is not writable for the core's user (uid ${who.uid})`);
}

/**
 * By an open(2) that would create the file if it were not there, as that of a dump: in a sticky directory of all Linux
 * refuses that for the file of another user who does not own the directory either. See proc(5), protected_regular.
 */
function mayOverwrite(file: Owned, directory: Owned, who: Credentials): boolean {
  const isProtected =
    (directory.mode & sticky) !== 0 &&
    (directory.mode & writableByOthers) !== 0 &&
    file.uid !== who.uid &&
    file.uid !== directory.uid &&
    (readOptional(`${ownProcDir}/sys/fs/protected_regular`) ?? "0").trim() !== "0";
  return !isProtected && mayAccess(file, who, write);
}

const writableByOthers = 0o022;

/** See path_resolution(7) and, for a sticky directory, rename(2). */
function mayMove(file: Owned, directory: Owned, who: Credentials): boolean {
  const isKept = (directory.mode & sticky) !== 0 && ![file.uid, directory.uid].includes(who.uid);
  return (!isKept || who.overridesOwners) && mayAccess(directory, who, write | search);
}

/** Why permissions do not help, by the answer that access(2) gave to this process. */
function closedToAll(refusal: string | undefined, { uid }: Credentials): string | undefined {
  if (refusal === "EPERM") return "its directory is immutable (chattr -i)";
  // Of another user we know no more than his mode bits say.
  return refusal === "EACCES" && uid === process.geteuid?.()
    ? `its file system refuses the core's user (uid ${uid})`
    : undefined;
}

const read = 4;
const write = 2;
const search = 1;

/** Whether the mode bits let `who` run a file, or enter a directory. */
export function mayExecute(stats: Owned, who: Identity): boolean {
  return mayAccess(stats, who, search);
}

/** Whether the mode bits let `who` read a file. */
export function mayRead(stats: Owned, who: Identity): boolean {
  return mayAccess(stats, who, read);
}

/** The first directory above `path` that `who` may not enter; one that is not there says nothing. */
export function closedAbove(path: string, who: Identity): string | undefined {
  for (let above = dirname(path); ; above = dirname(above)) {
    const stats = statSync(above, { throwIfNoEntry: false });
    if (stats && !mayExecute(stats, who)) return above;
    if (above === "/") return undefined;
  }
}

function mayAccess(stats: Owned, who: Identity & Partial<Credentials>, bits: number): boolean {
  if (who.overridesPermissions) return true;
  const shift = stats.uid === who.uid ? 6 : [who.gid, ...who.groups].includes(stats.gid) ? 3 : 0;
  return ((stats.mode >> shift) & bits) === bits;
}

/** The errno of access(2) for writing: EROFS on a read-only mount and EPERM where immutable go for root too. */
async function writeRefusal(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.W_OK);
    return undefined;
  } catch (error) {
    return errnoOf(error);
  }
}
