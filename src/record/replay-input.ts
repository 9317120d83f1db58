/** Opens a recording to be replayed: a monitor log of nsomem, a log of the original tool, or history.db. */

import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { describeError, exitCodes, NsomemError } from "../core/errors.ts";
import { type MemoryKind, memoryKinds, type Reading } from "../core/reading.ts";
import { parseRecordedLog, type RecordedReadings, type ReplayStep } from "../core/recorded-readings.ts";
import { valueAt } from "./columns.ts";
import { readHistory } from "./read-history.ts";

/** Reads a recording of any of these kinds. Throws NsomemError RECORDING (exit 2) when it is none. */
export function readRecordedReadings(path: string): RecordedReadings {
  const isDatabase = headOf(path).startsWith("SQLite format 3\0");
  const recorded = isDatabase ? fromHistory(path) : parseRecordedLog(readFileSync(path, "utf8"));
  if (recorded.steps.some(({ step }) => step === "reading")) return recorded;
  const message = `${path} holds no reading: neither a monitor log nor a history.db`;
  throw new NsomemError("RECORDING", message, exitCodes.usage);
}

function headOf(path: string): string {
  try {
    const descriptor = openSync(path, "r");
    const head = Buffer.alloc(16);
    readSync(descriptor, head, 0, head.length, 0);
    closeSync(descriptor);
    return head.toString("latin1");
  } catch (error) {
    throw new NsomemError("RECORDING", `cannot read the recording: ${describeError(error)}`, exitCodes.usage);
  }
}

function fromHistory(path: string): RecordedReadings {
  const { host, runs, overcommitMode } = readHistory(path, { sinceMs: 0 });
  const starts = runs.map(({ startedMs }) => startedMs);
  const steps: ReplayStep[] = [];
  for (const [index, atMs] of host.atMs.entries()) {
    while (starts[0] !== undefined && starts[0] <= atMs) {
      starts.shift();
      steps.push({ step: "start" });
    }
    const use: Record<MemoryKind, { usedKib: number; limitKib: number }> = {
      allocated: {
        usedKib: valueAt(host.committedKib, index),
        limitKib: valueAt(host.commitLimitKib, index),
      },
      physical: { usedKib: valueAt(host.memUsedKib, index), limitKib: valueAt(host.memTotalKib, index) },
    };
    // As the tool writes them: allocated first.
    for (const kind of memoryKinds.toReversed()) {
      const { usedKib, limitKib } = use[kind];
      if (limitKib > 0)
        steps.push({ step: "reading", reading: plainReading(kind, { usedKib, limitKib, atMs }) });
    }
  }
  const mode = ([0, 1, 2] as const).find((known) => known === overcommitMode);
  return { form: "history", steps, overcommitMode: mode };
}

/** Without a verdict: history holds numbers only, so `judgedBy` must follow. */
function plainReading(kind: MemoryKind, use: { usedKib: number; limitKib: number; atMs: number }): Reading {
  return { kind, level: "normal", ...use, thresholdPercent: 100, ceiling: "host", source: "tool" };
}
