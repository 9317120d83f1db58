/** Whether /proc keeps other users' processes from this one: then no NSO is seen there, although one may run. */

import { readOptional } from "./procfs.ts";
import { ownProcDir } from "./roots.ts";

/** Root sees all but what `ptraceable` hides. See proc(5), hidepid. */
export function hidesProcesses(procDir: string, uid = process.geteuid?.() ?? 0): boolean {
  return uid !== 0 && hasHidepid(readOptional(`${ownProcDir}/self/mountinfo`) ?? "", procDir);
}

/** Of the newest mount at `mountPoint` in the text of a mountinfo file: `36 25 0:33 / /proc rw - proc proc rw,hidepid=2`. */
export function hasHidepid(mountinfo: string, mountPoint: string): boolean {
  const mounts = mountinfo.split("\n").filter((line) => line.split(" ")[4] === mountPoint);
  return /[ ,]hidepid=(?!0|off)/.test(mounts.at(-1)?.split(" - ")[1] ?? "");
}
