/** The lines of /etc/passwd and /etc/group that say who a number is. See passwd(5), group(5). */

export interface PasswdEntry {
  name: string;
  uid: number;
  /** The user's own group. */
  gid: number;
  home: string;
}

/** Lines that are not entries (comments of NIS, half a line) are left out. */
export function parsePasswd(text: string): PasswdEntry[] {
  return text.split("\n").flatMap((line) => {
    const [name = "", , uid = "", gid = "", , home = ""] = line.split(":");
    return name !== "" && isId(uid) && isId(gid) ? [{ name, uid: Number(uid), gid: Number(gid), home }] : [];
  });
}

/**
 * Whether the group is of `uid` and of nobody else: his own group, of no other user, and without members beside him.
 * Red Hat's umask of 002 relies on such groups.
 */
export function isPrivateGroup(
  { uid, gid }: { uid: number; gid: number },
  { passwd, group }: { passwd: string; group: string },
): boolean {
  const ofGroup = parsePasswd(passwd).filter((entry) => entry.gid === gid);
  if (ofGroup.length === 0 || ofGroup.some((entry) => entry.uid !== uid)) return false;
  const names = ofGroup.map(({ name }) => name);
  return group
    .split("\n")
    .map((line) => line.split(":"))
    .filter(([, , number]) => number === String(gid))
    .every(([, , , members = ""]) => members.split(",").every((name) => name === "" || names.includes(name)));
}

function isId(text: string): boolean {
  return /^\d{1,10}$/.test(text);
}
