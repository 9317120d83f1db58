/** Checks of nsomem itself: whether an agent runs, its files, whether its own memory is safe. */

import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import { type Check, fail, ok, warn } from "../core/check.ts";
import { findAgent } from "../linux/agent-lock.ts";
import { hasCapability } from "../linux/credentials.ts";
import { readOptional } from "../linux/procfs.ts";
import { ownProcDir } from "../linux/roots.ts";
import type { Paths } from "../record/paths.ts";
import { checkInodes } from "./inodes.ts";
import { softLimit } from "./limits.ts";
import type { DoctorOptions } from "./options.ts";

const capIpcLock = 14n;
const capSysResource = 24n;
/** The agent's resident memory with room to spare. */
const lockBytesWanted = 128 * 1024 * 1024;

export async function checkSelf({ paths }: DoctorOptions): Promise<Check[]> {
  // Unreadable: no capability is seen, and both checks warn.
  const status = readOptional(`${ownProcDir}/self/status`) ?? "";
  const state = nearestExisting(paths.incidents);
  return [
    checkAgent(paths),
    checkWritable(state, paths.incidents),
    ...(await checkInodes("state inodes", state)),
    checkLock(status),
    checkScore(status),
  ];
}

function checkAgent(paths: Paths): Check {
  const agent = findAgent(paths);
  if (agent) return ok("agent", `running, PID ${agent.pid}`);
  return warn("agent", "not running: nobody watches NSO now", "nsomem start --daemon");
}

function nearestExisting(path: string): string {
  return existsSync(path) || path === "/" ? path : nearestExisting(dirname(path));
}

function checkWritable(directory: string, incidents: string): Check {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return ok("state directory", incidents);
  } catch {
    return fail(
      "state directory",
      `${directory} is not writable for this user`,
      "use --home DIR, or run as its owner",
    );
  }
}

function checkLock(status: string): Check {
  const name = "own memory lock";
  if (hasCapability(status, capIpcLock)) return ok(name, "permitted (CAP_IPC_LOCK)");
  // Unreadable, or without that line: as if nothing may be locked.
  const soft = softLimit(readOptional(`${ownProcDir}/self/limits`) ?? "", "Max locked memory") ?? "0";
  if (soft === "unlimited" || Number(soft) >= lockBytesWanted) return ok(name, `permitted (${soft} bytes)`);
  return warn(
    name,
    `limited to ${soft} bytes: nsomem's pages may be dropped when memory is short`,
    "LimitMEMLOCK=infinity in its unit, or run it as root",
  );
}

function checkScore(status: string): Check {
  const name = "own oom score";
  if (hasCapability(status, capSysResource)) return ok(name, "may be lowered, NSO's too (CAP_SYS_RESOURCE)");
  return warn(
    name,
    "may not be lowered (no CAP_SYS_RESOURCE): in the dump NSO's VMs are exposed instead of the core shielded",
    "OOMScoreAdjust=-900 in its unit, or AmbientCapabilities=CAP_SYS_RESOURCE",
  );
}
