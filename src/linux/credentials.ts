/** Who a process is to the file system, and whether it may write somewhere. See credentials(7), path_resolution(7). */

import { constants, statSync } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf } from "../core/errors.ts";
import { readOptional } from "./procfs.ts";
import { ownProcDir } from "./roots.ts";

export interface Credentials {
  uid: number;
  gid: number;
  groups: number[];
  /** CAP_DAC_OVERRIDE: permissions of files do not apply. */
  overridesPermissions: boolean;
  /** Its real, effective, saved and file system IDs differ: a set-user-ID program, or one between two users. */
  isMixed: boolean;
}

const capDacOverride = 1n;

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

/**
 * Why a process with `who` could not create a file at `path`, or undefined. By the mode bits of its directory (and
 * of an existing file, which it then overwrites) and by what the file system refuses to everybody; access control
 * lists are not looked at.
 */
export async function writeObstacle(
  { directory, file }: { directory: string; file: string },
  who: Credentials,
): Promise<{ obstacle: string | undefined; mayCreate: boolean }> {
  const no = (obstacle: string) => ({ obstacle, mayCreate: false });
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
  if (closed === undefined && mayAccess(dir, who, write | search))
    return { obstacle: undefined, mayCreate: true };
  const overwrites = there !== undefined && mayAccess(dir, who, search) && mayAccess(there, who, write);
  if (overwrites) return { obstacle: undefined, mayCreate: false };
  return no(closed ?? `its directory is not writable for the core's user (uid ${who.uid})`);
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
export function mayExecute(
  stats: { uid: number; gid: number; mode: number },
  who: Pick<Credentials, "uid" | "gid" | "groups">,
): boolean {
  return mayAccess(stats, who, search);
}

/** Whether the mode bits let `who` read a file. */
export function mayRead(
  stats: { uid: number; gid: number; mode: number },
  who: Pick<Credentials, "uid" | "gid" | "groups">,
): boolean {
  return mayAccess(stats, who, read);
}

/** The first directory above `path` that `who` may not enter; one that is not there says nothing. */
export function closedAbove(
  path: string,
  who: Pick<Credentials, "uid" | "gid" | "groups">,
): string | undefined {
  for (let above = dirname(path); ; above = dirname(above)) {
    const stats = statSync(above, { throwIfNoEntry: false });
    if (stats && !mayExecute(stats, who)) return above;
    if (above === "/") return undefined;
  }
}

function mayAccess(
  stats: { uid: number; gid: number; mode: number },
  who: Pick<Credentials, "uid" | "gid" | "groups"> & Partial<Credentials>,
  bits: number,
): boolean {
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
