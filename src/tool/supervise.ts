/** Keeps the measuring tool running: both pipes drained, silence noticed, restarts with a growing delay. */

import type { Subprocess } from "bun";
import { describeError } from "../core/errors.ts";
import { lineLengthMax } from "../core/line.ts";
import { createLineSplitter } from "../core/line-splitter.ts";

export interface ToolOptions {
  /** The command line, e.g. `["bash", "…/plot.sh", "-v", "-m", "NaN"]`. */
  command: string[];
  cwd: string;
  env: Record<string, string>;
  /** Silence, counted from the last line that `onLine` accepted, after which the tool is killed and started anew. */
  silenceMsMax: number;
  /** One line of stdout. Returns whether it was one of the tool's own: garbage counts as silence. */
  onLine: (line: string) => boolean;
  /** News for the log: started, died, silent, and what it wrote on stderr. */
  onNews: (news: ToolNews) => void;
}

export type ToolNews =
  | { kind: "started"; pid: number }
  | { kind: "ended"; pid: number; why: string; restartInMs: number }
  | { kind: "silent"; pid: number; silenceMs: number }
  | { kind: "stderr"; line: string };

export interface Tool {
  state(): { state: "running" | "restarting" | "stopped"; pid: number | null; restarts: number };
  /** Whether lines are coming: false from the moment it died or fell silent until its next accepted line. */
  isDelivering(): boolean;
  /** Starts it anew with other variables in its environment: another core to follow. */
  restartWith(env: Record<string, string>): void;
  stop(): Promise<void>;
}

type Child = Subprocess<"pipe", "pipe", "pipe">;

// A tool that dies at once must not become a fork loop; one that ran for a minute is forgiven.
const restartDelayMsMin = 250;
const restartDelayMsMax = 30_000;
const forgivenAfterMs = 60_000;
const silenceCheckMs = 250;
/** Lines of stderr told per start; the rest is read, so that it never blocks, and dropped. */
const complaintsMax = 100;

export function superviseTool(options: ToolOptions): Tool {
  let env = options.env;
  let child: Child | null = null;
  let restarts = 0;
  let delayMs = restartDelayMsMin;
  let stopped = false;
  let delivering = false;
  let lastAcceptedMs = 0;
  let startedMs = 0;
  let restartTimer: Timer | undefined;
  let planned = false;

  const silenceTimer = setInterval(checkSilence, silenceCheckMs);
  start();

  return {
    state: () => ({
      state: stopped ? "stopped" : child ? "running" : "restarting",
      pid: child?.pid ?? null,
      restarts,
    }),
    isDelivering: () => delivering,
    restartWith(changed) {
      env = changed;
      planned = true;
      if (child) killGroup(child.pid, "SIGKILL");
    },
    stop: stopAll,
  };

  function start(): void {
    startedMs = performance.now();
    lastAcceptedMs = startedMs;
    try {
      // detached: setsid, so that the whole group can be killed with it (facts 4.8). stdin is the pipe it waits on:
      // when the agent dies, however it dies, the tool reads end of file and ends itself.
      const spawned: Child = Bun.spawn(options.command, {
        cwd: options.cwd,
        env,
        stdio: ["pipe", "pipe", "pipe"],
        detached: true,
      });
      child = spawned;
      options.onNews({ kind: "started", pid: spawned.pid });
      void drain(spawned.stdout, accept);
      let complaints = 0;
      void drain(spawned.stderr, (line) => {
        if (complaints++ < complaintsMax) options.onNews({ kind: "stderr", line });
      });
      void spawned.exited.then(() => ended(spawned));
    } catch (error) {
      planRestart(0, `could not be started: ${describeError(error)}`);
    }
  }

  function accept(line: string): void {
    if (!options.onLine(line)) return;
    lastAcceptedMs = performance.now();
    delivering = true;
  }

  function ended(which: Child): void {
    if (child !== which) return;
    child = null;
    delivering = false;
    // What it may have started must not outlive it.
    killGroup(which.pid, "SIGKILL");
    if (stopped) return;
    const why = which.signalCode ? `killed by ${which.signalCode}` : `exit ${which.exitCode}`;
    if (planned) {
      planned = false;
      start();
      return;
    }
    planRestart(which.pid, why);
  }

  function planRestart(pid: number, why: string): void {
    if (performance.now() - startedMs > forgivenAfterMs) delayMs = restartDelayMsMin;
    options.onNews({ kind: "ended", pid, why, restartInMs: delayMs });
    restartTimer = setTimeout(() => {
      restarts++;
      start();
    }, delayMs);
    delayMs = Math.min(restartDelayMsMax, delayMs * 2);
  }

  function checkSilence(): void {
    if (!child) return;
    const silenceMs = performance.now() - lastAcceptedMs;
    if (silenceMs < options.silenceMsMax) return;
    delivering = false;
    options.onNews({ kind: "silent", pid: child.pid, silenceMs: Math.round(silenceMs) });
    killGroup(child.pid, "SIGKILL");
    lastAcceptedMs = performance.now();
  }

  async function stopAll(): Promise<void> {
    stopped = true;
    delivering = false;
    clearInterval(silenceTimer);
    clearTimeout(restartTimer);
    const last = child;
    if (!last) return;
    last.stdin.end();
    const ended = await Promise.race([
      last.exited.then(() => true),
      Bun.sleep(stopGraceMs).then(() => false),
    ]);
    killGroup(last.pid, "SIGKILL");
    if (!ended) await last.exited;
  }
}

const stopGraceMs = 1000;

async function drain(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const splitter = createLineSplitter(lineLengthMax);
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stream)
      for (const line of splitter.push(decoder.decode(chunk, { stream: true }))) onLine(line);
    const rest = splitter.rest();
    if (rest !== "") onLine(rest);
  } catch {
    // The pipe broke with the process; its end is reported by `exited`.
  }
}

function killGroup(pid: number, signal: "SIGKILL"): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: nothing of the group is left.
  }
}
