/** A running agent under test: started, asked for its status, ended. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Status } from "../../src/core/status.ts";
import { until } from "../lab/part.ts";
import { nsomem, plainEnvironment } from "./binary.ts";

export interface Agent {
  pid: number;
  home: string;
  /** Resolves with its exit code and all it printed. */
  ended: Promise<{ exitCode: number | null; output: string }>;
  isRunning(): boolean;
  /** The content of status.json, undefined while there is none. */
  status(): Status | undefined;
  /** Waits until the status is as wanted; rejects naming `what` and showing the last one. */
  statusWhen(what: string, wanted: (status: Status) => boolean, timeoutMs?: number): Promise<Status>;
  /** A log below its home: "action.log", "agent.log", "monitor.log". */
  log(name: string): string;
  signal(name: NodeJS.Signals): void;
  /** SIGTERM and a wait for its end; SIGKILL when that takes over 10 s, which then fails the test. */
  stop(): Promise<void>;
}

export interface AgentOptions {
  home: string;
  /** TOML. */
  config?: string;
  /** Further words for `start`. */
  words?: string[];
  /** What stands before the command: a kernel view's prefix, strace. */
  prefix?: string[];
  env?: Record<string, string>;
  cwd?: string;
}

/** Starts `nsomem start --home HOME` in the foreground, on pipes. */
export function startAgent({ home, config, words = [], prefix = [], env, cwd }: AgentOptions): Agent {
  mkdirSync(home, { recursive: true });
  const configFile = join(home, "nsomem.toml");
  if (config !== undefined) writeFileSync(configFile, config);
  const child = Bun.spawn([...prefix, nsomem, "start", "--home", home, ...words], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...plainEnvironment, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const ended = child.exited.then(async () => ({
    exitCode: child.exitCode,
    output: (await output).join(""),
  }));
  const agent: Agent = {
    pid: child.pid,
    home,
    ended,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    status: () => readStatusFile(home),
    async statusWhen(what, wanted, timeoutMs) {
      try {
        return await until(
          what,
          async () => {
            if (!agent.isRunning()) throw new Error(`the agent ended: ${(await ended).output}`);
            const status = agent.status();
            return status && wanted(status) ? status : undefined;
          },
          timeoutMs,
        );
      } catch (error) {
        const seen = `${agent.log("agent.log")}\n${JSON.stringify(agent.status(), null, 1)}`;
        throw new Error(`${error instanceof Error ? error.message : error}\n${seen}`);
      }
    },
    log: (name) => {
      const path = join(home, "logs", name);
      return existsSync(path) ? readFileSync(path, "utf8") : "";
    },
    signal: (name) => child.kill(name),
    async stop() {
      child.kill("SIGTERM");
      const stopped = await Promise.race([ended, Bun.sleep(10_000).then(() => undefined)]);
      if (stopped) return;
      child.kill("SIGKILL");
      throw new Error(`the agent did not end within 10 s of SIGTERM: ${(await ended).output}`);
    },
  };
  return agent;
}

/** status.json below a home; undefined when there is none. It is replaced as a whole, so it always parses. */
export function readStatusFile(home: string): Status | undefined {
  const path = join(home, "status.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Status) : undefined;
}
