/** Opens a recording to be replayed: a monitor log of nsomem, a log of the original tool, or history.db. */

import { closeSync } from "node:fs";
import { hostCeiling } from "../core/ceiling-name.ts";
import { describeError, exitCodes, NsomemError } from "../core/errors.ts";
import { lineLengthMax } from "../core/line.ts";
import { type MemoryKind, memoryKinds, type Reading } from "../core/reading.ts";
import { parseRecordedLog, type RecordedReadings, type ReplayStep } from "../core/recorded-readings.ts";
import type { BindingCeiling, CeilingSeries } from "../core/recording.ts";
import { fileLines } from "../linux/file-lines.ts";
import { openRegular, type RegularFile, readText } from "../linux/regular-file.ts";
import { timeAt, valueAt } from "./columns.ts";
import { readHistory } from "./read-history.ts";

/** As for an import: what is read is held in memory. */
const bytesMax = 1024 * 1024 * 1024;
const databaseHead = "SQLite format 3\0";

/** Reads a recording of any of these kinds. Throws NsomemError RECORDING (exit 2) when it is none. */
export function readRecordedReadings(path: string): RecordedReadings {
  const recorded = readAs(path);
  if (recorded.steps.some(({ step }) => step === "reading")) return recorded;
  const message = `${path} holds no reading: neither a monitor log nor a history.db`;
  throw new NsomemError("RECORDING", message, exitCodes.usage);
}

function readAs(path: string): RecordedReadings {
  const { descriptor, stats } = openRecording(path);
  try {
    if (readText(descriptor, databaseHead.length) !== databaseHead)
      return parseRecordedLog(fileLines(descriptor, { lengthMax: lineLengthMax }), stats.mtimeMs);
  } finally {
    closeSync(descriptor);
  }
  return fromHistory(path);
}

function openRecording(path: string): RegularFile {
  try {
    return openRegular(path, { of: "anyone", bytesMax });
  } catch (error) {
    throw new NsomemError("RECORDING", `cannot read the recording: ${describeError(error)}`, exitCodes.usage);
  }
}

function fromHistory(path: string): RecordedReadings {
  const { host, runs, overcommitMode, ceilings = [], thinnedMs = 0 } = readHistory(path, { sinceMs: 0 });
  const bound = bindings(ceilings, thinnedMs);
  const coming = [...runs];
  let hugePagesKib = 0;
  const steps: ReplayStep[] = [];
  for (const [index, atMs] of host.atMs.entries()) {
    for (let run = coming[0]; run && run.startedMs <= atMs; run = coming[0]) {
      coming.shift();
      hugePagesKib = run.meta.hugePagesKib ?? 0;
      steps.push({ step: "start" });
    }
    const use: Record<MemoryKind, { usedKib: number; limitKib: number }> = {
      allocated: {
        usedKib: valueAt(host.committedKib, index),
        limitKib: valueAt(host.commitLimitKib, index),
      },
      // As it was judged: huge pages are no part of what NSO could get (facts 2.7).
      physical: {
        usedKib: Math.max(0, valueAt(host.memUsedKib, index) - hugePagesKib),
        limitKib: valueAt(host.memTotalKib, index) - hugePagesKib,
      },
    };
    // As the tool writes them: allocated first.
    for (const kind of memoryKinds.toReversed()) {
      const { usedKib, limitKib, name } = (kind === "physical" ? bound(atMs) : undefined) ?? {
        ...use[kind],
        name: hostCeiling,
      };
      if (limitKib > 0)
        steps.push({ step: "reading", reading: plainReading(kind, { usedKib, limitKib, name, atMs }) });
    }
  }
  const mode = ([0, 1, 2] as const).find((known) => known === overcommitMode);
  return { form: "history", steps, overcommitMode: mode };
}

/** Without a verdict: history holds numbers only, so `judgedBy` must follow. */
function plainReading(
  kind: MemoryKind,
  { name, ...use }: { usedKib: number; limitKib: number; name: string; atMs: number },
): Reading {
  return { kind, level: "normal", ...use, thresholdPercent: 100, ceiling: name, source: "tool" };
}

/**
 * What bound at a time, asked for in the order of time. Where rows were thinned, the one that is nearest within that: the
 * host's own figures would say that memory was back to normal.
 */
function bindings(
  ceilings: readonly CeilingSeries[],
  thinnedMs: number,
): (atMs: number) => BindingCeiling | undefined {
  const next = ceilings.map(() => 0);
  return (atMs) => {
    for (const [index, { name, atMs: times, usedKib, limitKib }] of ceilings.entries()) {
      let row = next[index] ?? 0;
      while (timeAt(times, row) < atMs - thinnedMs) row++;
      next[index] = row;
      if (Math.abs(timeAt(times, row) - atMs) <= thinnedMs)
        return { name, usedKib: valueAt(usedKib, row), limitKib: valueAt(limitKib, row) };
    }
    return undefined;
  };
}
