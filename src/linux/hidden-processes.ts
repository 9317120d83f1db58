/** Whether /proc keeps other users' processes from this one: then no NSO is seen there, although one may run. */

import { parseMountinfo } from "../core/mountinfo.ts";
import { readOptional } from "./procfs.ts";
import { ownProcDir } from "./roots.ts";

/** Root sees all but what `ptraceable` hides. See proc(5), hidepid. */
export function hidesProcesses(procDir: string, uid = process.geteuid?.() ?? 0): boolean {
  return uid !== 0 && hasHidepid(readOptional(`${ownProcDir}/self/mountinfo`) ?? "", procDir);
}

/** Of the newest mount at `mountPoint` in the text of a mountinfo file. */
export function hasHidepid(mountinfo: string, mountPoint: string): boolean {
  const mount = parseMountinfo(mountinfo).findLast(({ point }) => point === mountPoint);
  return mount?.options.some((option) => /^hidepid=(?!0|off)/.test(option)) ?? false;
}
