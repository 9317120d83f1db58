/** The history of a running agent: ticks and events into history.db, whatever the disk does. */

import { describeError } from "../core/errors.ts";
import type { HistoryEvent, RunMeta, Tick } from "../core/recording.ts";
import { connectionTo } from "./connection.ts";
import { troubleOf } from "./damage.ts";
import { pruneSlice, type Retention } from "./retention.ts";

export type { HistoryEvent, HostSample, Run, RunMeta, Tick } from "../core/recording.ts";
export { readExtent, readHistory } from "./recording.ts";
export type { Retention } from "./retention.ts";

export interface HistoryOptions {
  path: string;
  meta: RunMeta;
  retention: Retention;
  /** Called once when recording stops working, and once when a damaged file was moved aside or it works again. */
  onProblem: (text: string) => void;
  now: () => number;
}

export interface HistoryHealth {
  state: "ok" | "degraded";
  reason?: string;
}

export interface History {
  /** ≤ 1 ms: about 0.2 ms a tick with 10 processes; never throws. */
  recordTick(tick: Tick): void;
  recordEvent(event: HistoryEvent): void;
  health(): HistoryHealth;
  /** Writes what waits and closes. Nothing is recorded afterwards. */
  close(): void;
}

/** Between attempts to write again: a full disk is not hammered. */
const retryMs = 5_000;
/** What waits in memory while the disk cannot take it: 10 minutes at 1 Hz. The oldest is dropped first. */
const queuedTicksMax = 600;
const queuedEventsMax = 1_000;
/** Faster ticks wait for the next one that is this much later, and are then written together. */
const flushMs = 1_000;

/** Opens the history and begins a run in it. Never throws: trouble is told by `onProblem` and `health`. */
export function openHistory({ path, meta, retention, onProblem, now }: HistoryOptions): History {
  const connection = connectionTo(path, { startedMs: now(), meta }, now);
  const { checkpoint } = connection;
  const queue = { ticks: [] as Tick[], events: [] as HistoryEvent[] };
  let trouble: string | undefined;
  let retryAtMs = 0;
  let flushedTickMs = 0;
  let closed = false;

  const degrade = (error: unknown) => {
    const kind = troubleOf(error);
    retryAtMs = now() + (kind === "busy" ? flushMs : retryMs);
    // Another writer holds the file for a moment: nothing is lost until the queue is full.
    if (kind === "busy" && queue.ticks.length < queuedTicksMax / 2) return;
    const aside = kind === "damaged" ? connection.replace() : undefined;
    if (aside !== undefined) {
      retryAtMs = 0;
      onProblem(`History was damaged (${describeError(error)}); moved to ${aside}, a new one was begun.`);
      return;
    }
    connection.drop();
    const text = `History is not recorded: ${describeError(error)} (${path}). Measuring goes on; trying again every ${retryMs / 1000} s.`;
    if (trouble === undefined) onProblem(text);
    trouble = text;
  };

  const recovered = () => {
    if (trouble === undefined) return;
    trouble = undefined;
    onProblem(`History is recorded again (${path}).`);
  };

  const flush = () => {
    if (now() < retryAtMs || checkpoint.busy()) return;
    try {
      const store = connection.use();
      store.write(queue.ticks, queue.events);
      queue.ticks.length = 0;
      queue.events.length = 0;
      recovered();
      pruneSlice(store.db, retention, now());
      checkpoint.consider(flush);
    } catch (error) {
      degrade(error);
    }
  };

  flush();
  return {
    recordTick(tick) {
      if (closed) return;
      enqueue(queue.ticks, tick, queuedTicksMax);
      if (tick.processes.length === 0 && Math.abs(tick.host.atMs - flushedTickMs) < flushMs) return;
      flushedTickMs = tick.host.atMs;
      flush();
    },
    recordEvent(event) {
      if (closed) return;
      enqueue(queue.events, event, queuedEventsMax);
      flush();
    },
    health: () => (trouble === undefined ? { state: "ok" } : { state: "degraded", reason: trouble }),
    close() {
      if (closed) return;
      retryAtMs = 0;
      checkpoint.stop();
      if (queue.ticks.length > 0 || queue.events.length > 0) flush();
      closed = true;
      connection.end();
    },
  };
}

function enqueue<T>(queue: T[], item: T, lengthMax: number): void {
  if (queue.length >= lengthMax) queue.shift();
  queue.push(item);
}
