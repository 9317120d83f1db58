/** Checks of nsomem itself: whether an agent runs, its files, whether its own memory is safe. */

import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import { type Check, fail, ok, warn } from "../core/check.ts";
import { hint } from "../core/hint.ts";
import { findAgent } from "../linux/agent-lock.ts";
import type { ProcessIdentity } from "../linux/procfs.ts";
import { isBooted } from "../linux/sd-notify.ts";
import { checkInodes } from "./inodes.ts";
import type { DoctorOptions } from "./options.ts";
import { checkLock, checkScore } from "./rights.ts";

export async function checkSelf({ paths }: DoctorOptions): Promise<Check[]> {
  const agent = findAgent(paths);
  const state = nearestExisting(paths.incidents);
  return [
    checkAgent(agent),
    checkWritable(state, paths.incidents),
    ...(await checkInodes("state inodes", state)),
    checkLock(agent?.pid),
    checkScore(agent?.pid),
  ];
}

function checkAgent(agent: ProcessIdentity | undefined): Check {
  if (agent) return ok("agent", `running, PID ${agent.pid}`);
  const start = hint(isBooted() ? "service install" : "start --daemon");
  return warn("agent", "not running: nobody watches NSO now", start);
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
