/** Users by name and by number, as this host's files have them. */

import { isPrivateGroup, type PasswdEntry, parsePasswd } from "../core/passwd.ts";
import { readOptional } from "./procfs.ts";

/** (uid_t) -1 is no user. */
const uidMax = 2 ** 32 - 2;

/**
 * The number of a user given by name or number; undefined where /etc/passwd has no such name. Users of a directory
 * service are in no file: they are given by their numbers.
 */
export function uidOf(user: string | number): number | undefined {
  const text = String(user);
  if (/^\d+$/.test(text)) return Number(text) <= uidMax ? Number(text) : undefined;
  return users().find(({ name }) => name === text)?.uid;
}

/** What to say of a name that `uidOf` does not know. */
export const noSuchUser = "no such user in /etc/passwd; a user of a directory service is given by its number";

/** The name of a user, or the number where none is known. */
export function userName(uid: number): string {
  return accountOf(uid)?.name ?? String(uid);
}

/** Not by getpwuid(3): a directory service that is down would hold the agent. */
export function accountOf(uid: number): PasswdEntry | undefined {
  return users().find((user) => user.uid === uid);
}

/** Whether nobody but `uid` is in the group `gid`. */
export function hasGroupAlone(uid: number, gid: number): boolean {
  const passwd = readOptional("/etc/passwd") ?? "";
  const group = readOptional("/etc/group") ?? "";
  return isPrivateGroup({ uid, gid }, { passwd, group });
}

function users(): PasswdEntry[] {
  return parsePasswd(readOptional("/etc/passwd") ?? "");
}
