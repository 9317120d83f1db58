/** Keeps the measuring tool running: silence is noticed, and restarts come with a growing delay. */

import { describeError } from "../core/errors.ts";
import { createDelivery } from "./delivery.ts";
import { createRestarts } from "./restarts.ts";
import { startToolProcess, type ToolCommand, type ToolProcess } from "./tool-process.ts";

export interface ToolOptions extends Pick<ToolCommand, "env"> {
  /** What to start, asked anew at each start: its directory may have been removed meanwhile. */
  place: () => Omit<ToolCommand, "env">;
  /**
   * Silence in ms, counted from the last line that `onLine` accepted, after which the tool is killed and started anew.
   * Asked at each check: it may change while the tool runs.
   */
  silenceMsMax(): number;
  /** One line of stdout. Returns whether it was one of the tool's own: garbage counts as silence. */
  onLine: (line: string) => boolean;
  /** News for the log: started, died, silent, and what it wrote on stderr. */
  onNews: (news: ToolNews) => void;
}

export type ToolNews =
  | { kind: "started"; pid: number }
  | { kind: "ended"; pid: number; why: string; restartInMs: number }
  /** `rubbish`: what it said instead of its own lines. */
  | { kind: "silent"; pid: number; silenceMs: number; rubbish: string | undefined }
  | { kind: "stderr"; line: string };

export interface Tool {
  state(): { state: "running" | "restarting" | "stopped"; pid: number | null; restarts: number };
  /** Whether lines are coming: false from the moment it died or fell silent until its next accepted line. */
  isDelivering(): boolean;
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
  const delivery = createDelivery(options.silenceMsMax, (silenceMs, rubbish) => {
    if (current) onNews({ kind: "silent", pid: current.pid, silenceMs, rubbish });
    current?.kill();
  });
  const onLine = (line: string) => (options.onLine(line) ? delivery.accept() : delivery.reject(line));
  const onComplaint = (line: string) => onNews({ kind: "stderr", line });
  start();
  return {
    state: () => ({
      state: isStopped ? "stopped" : current ? "running" : "restarting",
      pid: current?.pid ?? null,
      restarts: restarts.count(),
    }),
    isDelivering: delivery.isOn,
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
      const { pid } = current;
      onNews({ kind: "started", pid });
      void current.ended.then((why) => ended(pid, why));
    } catch (error) {
      delivery.end();
      planRestart(0, `could not be started: ${describeError(error)}`);
    }
  }

  function ended(pid: number, why: string): void {
    current = undefined;
    delivery.end();
    if (isStopped) return;
    if (!isPlanned) planRestart(pid, why);
    else start();
    isPlanned = false;
  }

  function planRestart(pid: number, why: string): void {
    onNews({ kind: "ended", pid, why, restartInMs: restarts.plan() });
  }
}
