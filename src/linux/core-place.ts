/** Reads where a core lives, while it does. */

import type { CorePlace } from "../core/core-place.ts";
import { namespaceOf } from "./namespace.ts";
import { readWorkingDirectory } from "./nso.ts";
import { readOptional } from "./procfs.ts";

export function readCorePlace(procDir: string, pid: number): CorePlace {
  return {
    cgroups: readOptional(`${procDir}/${pid}/cgroup`),
    mounts: namespaceOf(procDir, pid, "mnt"),
    runDir: readWorkingDirectory(procDir, pid),
  };
}
