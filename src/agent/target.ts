/** The NSO core that actions are for, with everything they need of it read while it is healthy. */

import type { Config } from "../core/config.ts";
import { type CrashDumpTarget, findCrashDumpTarget } from "../linux/crash-dump-path.ts";
import { type Core, readExecutable } from "../linux/nso.ts";
import { openPidfd, type Pidfd } from "../linux/pidfd.ts";
import { readEnviron } from "../linux/procfs.ts";
import { childEnv } from "./self.ts";

export interface Target {
  core: Core;
  /** Undefined where the kernel has none; then identity is checked once more and kill(2) is used. */
  pidfd: Pidfd | undefined;
  dump: CrashDumpTarget;
  /** For `ncs`: a plain environment plus the core's own NCS_* variables, which tell how to reach it (facts 3.5). */
  env: Record<string, string>;
  executable: string | undefined;
  /** SIGUSR1 was sent, or is about to be: it goes out once per core. */
  signalled: boolean;
}

export function readTarget(procDir: string, core: Core, config: Config): Target {
  const environ = readEnviron(procDir, core.pid) ?? {};
  const nsoEnv = Object.fromEntries(Object.entries(environ).filter(([name]) => name.startsWith("NCS_")));
  const hints = { crashDump: config.nso.crash_dump, runDir: config.nso.run_dir };
  return {
    core,
    pidfd: openPidfd(core.pid),
    dump: findCrashDumpTarget(procDir, core.pid, hints),
    env: { ...childEnv(process.env), ...nsoEnv },
    executable: readExecutable(procDir, core.pid),
    signalled: false,
  };
}

/** Through the pidfd where there is one: it cannot hit a process that took the PID over. */
export function sendUsr1({ pidfd, core }: Target): boolean {
  if (pidfd) return pidfd.send("SIGUSR1");
  try {
    return process.kill(core.pid, "SIGUSR1");
  } catch {
    return false;
  }
}
