/** What nsomem may do here, each tried on NSO in a way that changes nothing, or on this process, and not computed. */

import { readlinkSync } from "node:fs";
import { type Check, fail, ok, warn } from "../core/check.ts";
import { errnoOf } from "../core/errors.ts";
import { tryLockMemory } from "../linux/memory-lock.ts";
import type { Core } from "../linux/nso.ts";
import { mayLowerOomScore, readOomScoreAdj, writeOomScoreAdj } from "../linux/oom-score.ts";
import { openPidfd } from "../linux/pidfd.ts";
import { readOptional } from "../linux/procfs.ts";
import { ownProcDir } from "../linux/roots.ts";

/** The null signal asks for the permission and sends nothing: by kill(2), and by the pidfd that a rescue uses. */
export function checkSignal(pid: number): Check {
  const name = "permission to signal";
  try {
    process.kill(pid, 0);
  } catch (error) {
    const why = `kill(${pid}) says ${errnoOf(error) ?? "no"}`;
    return fail(name, why, "run nsomem as root, as the user that NSO runs as, or with CAP_KILL");
  }
  const pidfd = openPidfd(pid);
  const way = pidfd?.send("none") ? "by pidfd" : "by kill(2), after a look at who has the PID";
  pidfd?.close();
  return ok(name, `SIGUSR1 may be sent to the core, ${way}`);
}

/** Its run directory, executable and mounts. Where ncs.smp carries a file capability, not even its user sees them. */
export function checkLinks(procDir: string, { pid }: Core): Check {
  const name = "core's links";
  const closed = ["cwd", "exe", "root", "ns/mnt"].filter((link) => !isReadable(`${procDir}/${pid}/${link}`));
  if (closed.length === 0) return ok(name, "run directory, executable and mounts can be seen");
  return warn(
    name,
    `${closed.join(", ")} of /proc/${pid} cannot be seen: another user's, or ncs.smp carries a file capability`,
    'CAP_SYS_PTRACE, or set [nso] run_dir = "/path" in nsomem.toml',
  );
}

/**
 * Its own value is written back: whether that file may be written at all. Lowering is tried on this process; a running
 * agent has its rights from its unit, and says so itself: under hidepid one with more rights is hidden from its own user.
 */
export function checkShield(procDir: string, { pid }: Core, mayAgentLower: boolean): Check {
  const name = "shield while it dumps";
  const value = readOomScoreAdj(procDir, pid);
  if (value === undefined) return warn(name, "the core's oom_score_adj cannot be read", "run nsomem as root");
  if (!writeOomScoreAdj(procDir, pid, value))
    return warn(
      name,
      "the core's oom_score_adj may not be written, nor those of its VMs",
      "run nsomem as root, as the user that NSO runs as, or with CAP_DAC_OVERRIDE and CAP_SYS_RESOURCE",
    );
  if (mayLowerOomScore(ownProcDir)) return ok(name, "the core's OOM score may be lowered");
  if (mayAgentLower) return ok(name, "the agent may lower the core's OOM score (CAP_SYS_RESOURCE)");
  return warn(
    name,
    "the core's OOM score may not be lowered: those of its VMs are raised instead",
    "AmbientCapabilities=CAP_SYS_RESOURCE, as the unit of the service has it",
  );
}

/** As the agent does it, and undone again. A running agent has done it: what it holds counts. */
export function checkLock(agentPid: number | undefined): Check {
  const name = "own memory lock";
  const held = agentPid === undefined ? undefined : lockedKib(agentPid);
  if (held !== undefined && held > 0)
    return ok(name, `the agent holds its pages (${Math.round(held / 1024)} MiB)`);
  if (tryLockMemory()) return ok(name, "permitted");
  return warn(
    name,
    "refused: nsomem's pages may be dropped when memory is short",
    "LimitMEMLOCK=infinity in its unit, or CAP_IPC_LOCK",
  );
}

/** The agent's own, which its service manager may have lowered; without an agent it is tried on this process. */
export function checkScore(agentPid: number | undefined): Check {
  const name = "own oom score";
  const value = agentPid === undefined ? undefined : readOomScoreAdj(ownProcDir, agentPid);
  if (value !== undefined && value < 0) return ok(name, `the agent's oom_score_adj is ${value}`);
  if (mayLowerOomScore(ownProcDir)) return ok(name, "may be lowered");
  return warn(
    name,
    "may not be lowered: the kernel may take nsomem before what fills memory",
    "OOMScoreAdjust=-900 in its unit, as the service has it",
  );
}

function lockedKib(pid: number): number {
  return Number(/^VmLck:\s*(\d+)/m.exec(readOptional(`${ownProcDir}/${pid}/status`) ?? "")?.[1] ?? 0);
}

function isReadable(link: string): boolean {
  try {
    return readlinkSync(link) !== "";
  } catch {
    return false;
  }
}
