/** The mounts that this process sees. */

import { realpathSync } from "node:fs";
import { type Mount, mountAt, parseMountinfo } from "../core/mountinfo.ts";
import { readOptional } from "./procfs.ts";
import { ownProcDir } from "./roots.ts";

export function readMounts(): Mount[] {
  return parseMountinfo(readOptional(`${ownProcDir}/self/mountinfo`) ?? "");
}

/** The mount of `path`, behind its links; undefined where it is not there, or the mounts cannot be read. */
export function mountOf(path: string): Mount | undefined {
  try {
    return mountAt(readMounts(), realpathSync(path));
  } catch {
    return undefined;
  }
}
