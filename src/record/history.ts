/** The history of a running agent: ticks and events into history.db, whatever the disk does. */

import type { Clock } from "../core/clock.ts";
import type { HistoryEvent, RunMeta, Tick } from "../core/recording.ts";
import { connectionTo } from "./connection.ts";
import { historyWriter } from "./history-writer.ts";
import type { Retention } from "./retention.ts";

export interface HistoryOptions {
  path: string;
  meta: RunMeta;
  retention: Retention;
  /** Called once when recording stops working, and once when a damaged file was moved aside or it works again. */
  onProblem: (text: string) => void;
  clock: Clock;
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

/** Faster ticks wait for the next one that is this much later, and are then written together. */
const flushMs = 1_000;

/** Opens the history and begins a run in it. Never throws: `onProblem` and `health` say what is wrong. */
export function openHistory({ path, meta, retention, onProblem, clock }: HistoryOptions): History {
  const connection = connectionTo(path, { startedMs: clock.wallMs(), meta }, clock);
  const writer = historyWriter({ path, connection, retention, onProblem, clock });
  let flushedMs = Number.NEGATIVE_INFINITY;
  let closed = false;
  writer.flush();
  return {
    recordTick(tick) {
      if (closed) return;
      writer.addTick(tick);
      if (tick.processes.length === 0 && clock.monotonicMs() - flushedMs < flushMs) return;
      flushedMs = clock.monotonicMs();
      writer.flush();
    },
    recordEvent(event) {
      if (closed) return;
      writer.addEvent(event);
      writer.flush();
    },
    health() {
      const reason = writer.trouble();
      return reason === undefined ? { state: "ok" } : { state: "degraded", reason };
    },
    close() {
      if (closed) return;
      connection.checkpoint.stop();
      writer.flushLast();
      closed = true;
      connection.end();
    },
  };
}
