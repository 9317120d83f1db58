/** The NSO core that actions are for, with everything they need of it read while it is healthy. */

import type { Config } from "../core/config.ts";
import { type CrashDumpTarget, findCrashDumpTarget, holdTarget } from "../linux/crash-dump-path.ts";
import { createMeter } from "../linux/meter.ts";
import { type Core, readExecutable } from "../linux/nso.ts";
import { openPidfd, type Pidfd } from "../linux/pidfd.ts";
import { readEnviron } from "../linux/procfs.ts";
import type { Roots } from "../linux/roots.ts";
import { childEnv } from "../linux/self.ts";
import { type Outlook, openOutlook } from "./outlook.ts";

export interface Target {
  core: Core;
  /** Undefined where the kernel has none; then identity is checked once more and kill(2) is used. */
  pidfd: Pidfd | undefined;
  dump: CrashDumpTarget;
  outlook: Outlook;
  /** For `ncs`: a plain environment plus the core's own NCS_* variables, which tell how to reach it (facts 3.5). */
  env: Record<string, string>;
  executable: string | undefined;
  /** SIGUSR1 was sent, or is about to be: it goes out once per core. */
  signalled: boolean;
  close(): void;
}

export function readTarget(roots: Roots, core: Core, config: Config, now: () => number): Target {
  const { procDir } = roots;
  const environ = readEnviron(procDir, core.pid) ?? {};
  const nsoEnv = Object.fromEntries(Object.entries(environ).filter(([name]) => name.startsWith("NCS_")));
  const hints = { crashDump: config.nso.crash_dump, runDir: config.nso.run_dir };
  const meter = createMeter(roots, now);
  meter.follow(core.pid);
  const pidfd = openPidfd(core.pid);
  const target: Target = {
    core,
    pidfd,
    dump: findCrashDumpTarget(procDir, core, hints),
    outlook: openOutlook({
      procDir,
      core,
      target: () => target.dump,
      usedKib: () => meter.measure(config).readings.physical.usedKib,
      now,
    }),
    env: { ...childEnv(process.env), ...nsoEnv },
    executable: readExecutable(procDir, core.pid),
    signalled: false,
    close() {
      target.outlook.close();
      pidfd?.close();
      void held.then(({ release }) => release());
    },
  };
  const held = holdTarget(target.dump);
  void held.then((dump) => {
    target.dump = dump;
  });
  return target;
}

/** Through the pidfd where there is one: it cannot hit a process that took the PID over. */
export function sendToCore({ pidfd, core }: Target, signal: "SIGUSR1" | "SIGKILL"): boolean {
  if (pidfd) return pidfd.send(signal);
  try {
    return process.kill(core.pid, signal);
  } catch {
    return false;
  }
}
