/** Reads where a core lives, while it does. */

import { readlinkSync } from "node:fs";
import type { CorePlace } from "../core/core-place.ts";
import { readWorkingDirectory } from "./nso.ts";
import { readOptional } from "./procfs.ts";

export function readCorePlace(procDir: string, pid: number): CorePlace {
  return {
    cgroups: readOptional(`${procDir}/${pid}/cgroup`),
    mounts: mountNamespaceOf(procDir, pid),
    runDir: readWorkingDirectory(procDir, pid),
  };
}

function mountNamespaceOf(procDir: string, pid: number): string | undefined {
  try {
    return readlinkSync(`${procDir}/${pid}/ns/mnt`);
  } catch {
    return undefined;
  }
}
