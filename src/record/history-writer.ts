/** What waits to be written into history.db, and what becomes of it when the file cannot take it. */

import type { Clock } from "../core/clock.ts";
import { describeError } from "../core/errors.ts";
import type { HistoryEvent, Tick } from "../core/recording.ts";
import type { Connection } from "./connection.ts";
import { troubleOf } from "./damage.ts";
import { holePace, pruneSlice, type Retention } from "./retention.ts";

export interface HistoryWriter {
  addTick(tick: Tick): void;
  addEvent(event: HistoryEvent): void;
  /** Writes all that waits, unless a failed attempt was just now or a checkpoint is under way. Never throws. */
  flush(): void;
  /** Before the end: without waiting for the time of the next attempt. */
  flushLast(): void;
  /** Why nothing is recorded at present; undefined: it is. */
  trouble(): string | undefined;
}

export interface HistoryWriterOptions {
  path: string;
  connection: Connection;
  retention: Retention;
  onProblem: (text: string) => void;
  clock: Clock;
}

/** Between attempts to write again: a full disk is not hammered. */
const retryMs = 5_000;
/** Another writer (an import) holds the file for some ms. */
const busyRetryMs = 1_000;
/** What waits in memory while the disk cannot take it: 10 minutes at 1 Hz. The oldest is dropped first. */
const queuedTicksMax = 600;
const queuedEventsMax = 1_000;

export function historyWriter(options: HistoryWriterOptions): HistoryWriter {
  const { path, connection, retention, onProblem, clock } = options;
  const ticks: Tick[] = [];
  const events: HistoryEvent[] = [];
  const mayCrossHole = holePace(clock.monotonicMs);
  let trouble: string | undefined;
  let retryAtMs = Number.NEGATIVE_INFINITY;

  const flush = () => {
    if (clock.monotonicMs() < retryAtMs || connection.checkpoint.busy()) return;
    try {
      const store = connection.use();
      store.write(ticks, events);
      ticks.length = 0;
      events.length = 0;
      recovered();
      pruneSlice(store.db, retention, { nowMs: clock.wallMs(), mayCrossHole });
      connection.checkpoint.consider(flush);
    } catch (error) {
      degrade(error);
    }
  };

  const recovered = () => {
    if (trouble === undefined) return;
    trouble = undefined;
    onProblem(`History is recorded again (${path}).`);
  };

  const degrade = (error: unknown) => {
    const kind = troubleOf(error);
    retryAtMs = clock.monotonicMs() + (kind === "busy" ? busyRetryMs : retryMs);
    // Nothing is lost until the queue is full.
    if (kind === "busy" && ticks.length < queuedTicksMax / 2) return;
    const aside = kind === "damaged" ? connection.replace() : undefined;
    if (aside !== undefined) {
      retryAtMs = Number.NEGATIVE_INFINITY;
      onProblem(`History was damaged (${describeError(error)}); moved to ${aside}, a new one was begun.`);
      return;
    }
    connection.drop();
    const text = `History is not recorded: ${describeError(error)} (${path}). Measuring goes on; trying again every ${retryMs / 1000} s.`;
    if (trouble === undefined) onProblem(text);
    trouble = text;
  };

  return {
    addTick: (tick) => enqueue(ticks, tick, queuedTicksMax),
    addEvent: (event) => enqueue(events, event, queuedEventsMax),
    flush,
    flushLast() {
      retryAtMs = Number.NEGATIVE_INFINITY;
      if (ticks.length > 0 || events.length > 0) flush();
    },
    trouble: () => trouble,
  };
}

function enqueue<T>(queue: T[], item: T, lengthMax: number): void {
  if (queue.length >= lengthMax) queue.shift();
  queue.push(item);
}
