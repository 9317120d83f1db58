/** The real agent of a demo as a process: started for one stand-in, looked at by its files, ended as ^C would. */

import { NsomemError } from "../core/errors.ts";
import type { Status } from "../core/status.ts";
import type { Stage } from "./stage.ts";

export interface DemoAgent {
  status(): Status | undefined;
  /** Throws NsomemError DEMO when it has ended by itself. */
  requireRunning(): void;
  stop(): Promise<void>;
}

const stopMsMax = 15_000;

/** `command` is this program. The agent watches `pid` alone. */
export function startAgent(
  command: readonly string[],
  { home, config }: Stage,
  pid: number,
  status: () => Status | undefined,
): DemoAgent {
  const child = Bun.spawn(
    [...command, "start", "--wait", "--pid", String(pid), "--home", home, "--config", config],
    { stdio: ["inherit", "inherit", "inherit"] },
  );
  return {
    status,
    requireRunning() {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new NsomemError("DEMO", `the agent ended early; see ${home}/logs/agent.log`);
    },
    /** On SIGINT it draws, closes and says what it did. */
    async stop() {
      child.kill("SIGINT");
      const ended = await Promise.race([
        child.exited.then(() => true),
        Bun.sleep(stopMsMax).then(() => false),
      ]);
      if (ended) return;
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}
