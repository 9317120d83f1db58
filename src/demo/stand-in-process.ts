/** The stand-in as a process: started, asked to hold memory, ended. */

import { standInLabel } from "../core/nso.ts";
import { coreExecutable } from "../core/nso-places.ts";
import { coreArguments } from "./command-line.ts";

export interface StandIn {
  pid: number;
  /** Resolves when it listens for commands and for SIGUSR1. */
  ready: Promise<unknown>;
  /** Resolves with its exit code. */
  exited: Promise<number>;
  hasExited(): boolean;
  /** Asks it to hold `mib` MiB in all; it takes them at 300 MiB/s or more. */
  hold(mib: number): void;
  end(): Promise<void>;
}

export interface StandInOptions {
  /** This program as a command, and the environment that a second copy of it runs in. */
  command: readonly string[];
  env: Record<string, string>;
  runDir: string;
  conffile: string;
}

export function startStandIn({ command, env, runDir, conffile }: StandInOptions): StandIn {
  const child = Bun.spawn([...command, ...coreArguments({ conffile }), standInLabel, "true"], {
    argv0: coreExecutable,
    cwd: runDir,
    env,
    // However the demo ends, this stdin ends with it, and then the stand-in ends too.
    stdio: ["pipe", "pipe", "ignore"],
    // A group of its own: ^C in the terminal is for the agent.
    detached: true,
  });
  return {
    pid: child.pid,
    ready: child.stdout.getReader().read(),
    exited: child.exited,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    hold(mib) {
      child.stdin.write(`hold ${mib}\n`);
      child.stdin.flush();
    },
    async end() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}
