/** What the service manager is told of the agent: ready, reloading, stopping, its status, and that it sees. See sd_notify(3). */

import type { Status } from "../core/status.ts";
import { libc } from "../linux/libc.ts";
import type { ServiceManager } from "../linux/sd-notify.ts";
import { serviceLine } from "./service-words.ts";

export interface ServiceReport {
  ready(): void;
  reloading(): void;
  reloaded(): void;
  stopping(): void;
  status(status: Status): void;
  /** A few times a second. `isSeeing`: memory is measured; without that the watchdog is not fed. */
  look(isSeeing: boolean): void;
  /** Why it will wait in vain, in a sentence. */
  obstacle(): string | undefined;
}

export interface ServiceReportOptions {
  manager: ServiceManager | undefined;
  env: Record<string, string | undefined>;
  monotonicMs: () => number;
  /** In microseconds, as systemd reads it. */
  monotonicUsec?: () => bigint | undefined;
}

/** Each line is a message on the bus to everyone who listens, so one that only counts on may wait. */
const sameLevelMsMin = 5000;
/** What could not be told yet; a manager that takes nothing for so long gets the newest of it. */
const owedMax = 8;

type Words = Readonly<Record<string, string | number | bigint>>;

export function createServiceReport({
  manager,
  env,
  monotonicMs,
  monotonicUsec = () => libc()?.monotonicUsec(),
}: ServiceReportOptions): ServiceReport {
  const owed: Words[] = [];
  const tell = (words: Words) => {
    if (!manager) return;
    owed.push(words);
    if (owed.length > owedMax) owed.shift();
    flush();
  };
  const flush = () => {
    while (owed[0] && manager?.tell(owed[0])) owed.shift();
  };
  const feedMs = feedIntervalMs(env);
  let fedMs = Number.NEGATIVE_INFINITY;
  let shown = { line: "", rough: "", atMs: Number.NEGATIVE_INFINITY };
  return {
    ready: () => tell({ READY: 1 }),
    reloading() {
      const usec = monotonicUsec();
      tell({ RELOADING: 1, ...(usec === undefined ? {} : { MONOTONIC_USEC: usec }) });
    },
    reloaded: () => tell({ READY: 1 }),
    stopping: () => tell({ STOPPING: 1, STATUS: "stopping" }),
    status(status) {
      if (!manager) return;
      const line = serviceLine(status);
      const rough = line.replaceAll(/\d+\.\d %/g, "");
      const isDue = rough !== shown.rough || monotonicMs() - shown.atMs >= sameLevelMsMin;
      if (line === shown.line || !isDue) return;
      // The newest takes the place of one that waits: not owed.
      if (manager.tell({ STATUS: line })) shown = { line, rough, atMs: monotonicMs() };
    },
    look(isSeeing) {
      flush();
      if (feedMs === undefined || !isSeeing || monotonicMs() - fedMs < feedMs) return;
      if (manager?.tell({ WATCHDOG: 1 })) fedMs = monotonicMs();
    },
    obstacle: () =>
      manager && !libc()
        ? 'the service manager waits for "ready", which this process cannot send without machine code of its own (MemoryDenyWriteExecute=yes?): lift that, or use Type=exec'
        : undefined,
  };
}

/** A third of the time after which the manager takes this process for dead; undefined where it does not look. */
function feedIntervalMs({
  WATCHDOG_USEC,
  WATCHDOG_PID,
}: Record<string, string | undefined>): number | undefined {
  const usec = Number(WATCHDOG_USEC);
  const isOurs = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === process.pid;
  return Number.isSafeInteger(usec) && usec > 0 && isOurs ? usec / 3000 : undefined;
}
