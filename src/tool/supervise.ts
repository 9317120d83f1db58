/** Keeps the measuring tool running: silence is noticed, and restarts come with a growing delay. */

import { describeError } from "../core/errors.ts";
import type { LineWorth } from "../core/line.ts";
import { createDelivery, type DeliveryBounds, type Instead } from "./delivery.ts";
import { createRestarts } from "./restarts.ts";
import { startToolProcess, type ToolCommand, type ToolProcess } from "./tool-process.ts";

export interface ToolOptions extends Pick<ToolCommand, "env">, DeliveryBounds {
  /** What to start, asked anew at each start: its shell and its directory may have been removed meanwhile. */
  place: () => Omit<ToolCommand, "env">;
  /** One line of stdout. Returns what it was worth: without readings the tool is overdue, then killed and started anew. */
  onLine: (line: string) => LineWorth;
  /** News for the log: started, died, silent, and what it wrote on stderr. */
  onNews: (news: ToolNews) => void;
}

export type ToolNews =
  | { kind: "started"; pid: number }
  | { kind: "ended"; pid: number; why: string; restartInMs: number }
  /** No process was made: the shell is not there, or the system has no room for it. */
  | { kind: "unstartable"; why: string; restartInMs: number }
  | { kind: "silent"; pid: number; silenceMs: number; instead: Instead }
  | { kind: "stderr"; line: string };

export interface Tool {
  state(): { state: "running" | "restarting" | "stopped"; pid: number | null; restarts: number };
  /** Whether readings are coming: false from the moment it died or they are overdue, until its next one. */
  isDelivering(): boolean;
  /** Why it could not be started the last time; undefined where it could. */
  problem(): string | undefined;
  /** Starts it anew with other variables in its environment: another core to follow. */
  restartWith(env: Record<string, string>): void;
  stop(): Promise<void>;
}

export function superviseTool(options: ToolOptions): Tool {
  const { onNews } = options;
  let { env } = options;
  let current: ToolProcess | undefined;
  let isStopped = false;
  let isPlanned = false; // a restart was asked for: it comes at once, and is no news
  const restarts = createRestarts(start);
  let problem: string | undefined;
  const delivery = createDelivery(options, (silenceMs, instead) => {
    if (current) onNews({ kind: "silent", pid: current.pid, silenceMs, instead });
    current?.kill();
  });
  const onLine = (line: string) => delivery.take(line, options.onLine(line));
  const onComplaint = (line: string) => onNews({ kind: "stderr", line });
  start();
  return {
    state: () => ({
      state: isStopped ? "stopped" : current ? "running" : "restarting",
      pid: current?.pid ?? null,
      restarts: restarts.count(),
    }),
    isDelivering: delivery.isOn,
    problem: () => problem,
    restartWith(changed) {
      env = changed;
      isPlanned = true;
      current?.kill();
    },
    async stop() {
      isStopped = true;
      delivery.close();
      restarts.cancel();
      await current?.close();
    },
  };

  function start(): void {
    restarts.begin();
    delivery.begin();
    try {
      current = startToolProcess({ ...options.place(), env }, { onLine, onComplaint });
      problem = undefined;
      const { pid } = current;
      onNews({ kind: "started", pid });
      void current.ended.then((why) => ended(pid, why));
    } catch (error) {
      delivery.end();
      problem = describeError(error);
      onNews({ kind: "unstartable", why: problem, restartInMs: restarts.plan() });
    }
  }

  function ended(pid: number, why: string): void {
    current = undefined;
    delivery.end();
    if (isStopped) return;
    if (!isPlanned) onNews({ kind: "ended", pid, why, restartInMs: restarts.plan() });
    else start();
    isPlanned = false;
  }
}
