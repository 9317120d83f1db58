/** What `nsomem` alone says of this host before its help: the first screen after a page at 3 a.m. */

import { isRecent, type Standing } from "../core/standing.ts";
import { wallMs } from "../linux/host-clock.ts";
import { glancePage } from "../ui/glance.ts";
import { terminalNow } from "../ui/terminal.ts";
import { pathsOf } from "./options.ts";
import { readStanding } from "./standing.ts";

/** Undefined where no agent runs or ran here, and whatever cannot be read: the help alone never fails. */
export function firstScreen(): string | undefined {
  try {
    const standing = readStanding(pathsOf({}), {}, wallMs());
    return isWorthSaying(standing) ? glancePage(standing, terminalNow()) : undefined;
  } catch {
    return undefined;
  }
}

function isWorthSaying(standing: Standing): boolean {
  const { agentPid, status, isDumping, rootHasOne } = standing;
  return agentPid !== undefined || status !== undefined || isDumping || rootHasOne || isRecent(standing);
}
