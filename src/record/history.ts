/** The history of a running agent: ticks and events into history.db, whatever the disk does. */

import { statSync } from "node:fs";
import { describeError, NsomemError } from "../core/errors.ts";
import type { HistoryEvent, Run, RunMeta, Tick } from "../core/recording.ts";
import { checkpointer } from "./checkpoint.ts";
import { moveAside, troubleOf } from "./damage.ts";
import { pruneSlice, type Retention } from "./retention.ts";
import { openStore, type Store } from "./store.ts";

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
/** What waits in memory while the disk cannot take it: 10 minutes at 1 Hz. The oldest tick is dropped first. */
const queuedTicksMax = 600;
const queuedEventsMax = 1_000;
/** Faster ticks wait for the next one that is this much later, and are then written together. */
const flushMs = 1_000;
const fileCheckMs = 60_000;

/** Opens the history and begins a run in it. Never throws: trouble is told by `onProblem` and `health`. */
export function openHistory(options: HistoryOptions): History {
  const { path, now } = options;
  const run: Run = { startedMs: now(), meta: options.meta };
  const queue = { ticks: [] as Tick[], events: [] as HistoryEvent[] };
  const checkpoint = checkpointer(path);
  let store: Store | undefined;
  let inode = 0;
  let trouble: string | undefined;
  let retryAtMs = 0;
  let flushedTickMs = 0;
  let fileCheckAtMs = 0;
  let closed = false;

  const open = () => {
    store = openStore(path);
    inode = statSync(path).ino;
    fileCheckAtMs = now() + fileCheckMs;
    store.writeRun(run);
    checkpoint.attach(store.db);
  };

  const drop = () => {
    checkpoint.detach();
    try {
      store?.close();
    } catch {}
    store = undefined;
  };

  const degrade = (error: unknown) => {
    const kind = troubleOf(error);
    retryAtMs = now() + (kind === "busy" ? flushMs : retryMs);
    // Another writer holds the file for a moment: nothing is lost until the queue is full.
    if (kind === "busy" && queue.ticks.length < queuedTicksMax / 2) return;
    drop();
    if (kind === "damaged" && replaceDamaged(error)) return;
    const text = `History is not recorded: ${describeError(error)} (${path}). Measuring goes on; trying again every ${retryMs / 1000} s.`;
    if (trouble === undefined) options.onProblem(text);
    trouble = text;
  };

  const replaceDamaged = (error: unknown): boolean => {
    try {
      const aside = moveAside(path, now());
      if (aside === undefined) return false;
      options.onProblem(
        `History was damaged (${describeError(error)}); moved to ${aside}, a new one was begun.`,
      );
      open();
      retryAtMs = 0;
      return true;
    } catch {
      drop();
      return false;
    }
  };

  const recovered = () => {
    if (trouble === undefined) return;
    trouble = undefined;
    options.onProblem(`History is recorded again (${path}).`);
  };

  const flush = () => {
    if (now() < retryAtMs || checkpoint.busy()) return;
    try {
      // Removed or replaced under the agent: writing on would fill a file that nobody can reach.
      if (store && now() >= fileCheckAtMs && !isStillThere()) drop();
      if (!store) open();
      if (!store) throw new NsomemError("HISTORY", "not open");
      store.write(queue.ticks, queue.events);
      queue.ticks.length = 0;
      queue.events.length = 0;
      recovered();
      pruneSlice(store.db, options.retention, now());
      checkpoint.consider(() => flush());
    } catch (error) {
      degrade(error);
    }
  };

  const isStillThere = () => {
    fileCheckAtMs = now() + fileCheckMs;
    return statSync(path, { throwIfNoEntry: false })?.ino === inode;
  };

  try {
    open();
  } catch (error) {
    degrade(error);
  }

  return {
    recordTick(tick) {
      if (closed) return;
      if (queue.ticks.length >= queuedTicksMax) queue.ticks.shift();
      queue.ticks.push(tick);
      if (tick.processes.length === 0 && Math.abs(tick.host.atMs - flushedTickMs) < flushMs) return;
      flushedTickMs = tick.host.atMs;
      flush();
    },
    recordEvent(event) {
      if (closed) return;
      if (queue.events.length >= queuedEventsMax) queue.events.shift();
      queue.events.push(event);
      flush();
    },
    health: () => (trouble === undefined ? { state: "ok" } : { state: "degraded", reason: trouble }),
    close() {
      if (closed) return;
      retryAtMs = 0;
      checkpoint.stop();
      if (queue.ticks.length > 0 || queue.events.length > 0) flush();
      closed = true;
      try {
        // Closing copies the log into the file and removes it: this once in the order that a power cut cannot break.
        store?.db.run("PRAGMA synchronous = NORMAL");
      } catch {}
      drop();
      checkpoint.release();
    },
  };
}
