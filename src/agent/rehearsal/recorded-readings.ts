/** Readings out of a recording: a monitor log of nsomem, a log of the original tool, or history.db. */

import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { type Config, limitsOf } from "../../core/config.ts";
import { parseDateStamp } from "../../core/date-stamp.ts";
import { describeError, NsomemError } from "../../core/errors.ts";
import { type Level, levelOf } from "../../core/level.ts";
import { parseLine } from "../../core/line.ts";
import { type MemoryKind, memoryKinds, type Reading } from "../../core/reading.ts";
import type { OvercommitMode } from "../../core/rule.ts";
import { readHistory } from "../../record/recording.ts";

/** One reading, or the start of an agent, which begins with a clean slate. */
export type RecordedStep = { step: "start" } | { step: "reading"; reading: Reading };

export interface RecordedReadings {
  /** What the file is. `original` when its lines carry verdicts of another tool. */
  form: "monitor log" | "original tool's log" | "history";
  steps: RecordedStep[];
  /** vm.overcommit_memory at that time, where the recording says it. */
  overcommitMode: OvercommitMode | undefined;
}

/** The line with which an agent begins its part of monitor.log. */
export const agentStartWords = "nsomem agent started";

/** Reads a recording as it stands. Throws NsomemError RECORDING (exit 2) when it is none. */
export function readRecordedReadings(path: string): RecordedReadings {
  const isDatabase = headOf(path).startsWith("SQLite format 3\0");
  const recorded = isDatabase ? fromHistory(path) : fromLog(readFileSync(path, "utf8"));
  if (recorded.steps.some(({ step }) => step === "reading")) return recorded;
  throw new NsomemError("RECORDING", `${path} holds no reading: neither a monitor log nor a history.db`, 2);
}

/** The same steps with the verdicts that the limits of `config` give. */
export function judgedBy(config: Config, steps: readonly RecordedStep[]): RecordedStep[] {
  return steps.map((step) => {
    if (step.step === "start") return step;
    const limits = limitsOf(step.reading.kind, config);
    const level = levelOf(step.reading, limits);
    const thresholdPercent = level === "critical" ? limits.criticalPercent : limits.warningPercent;
    return { step: "reading", reading: { ...step.reading, level, thresholdPercent } };
  });
}

function headOf(path: string): string {
  try {
    const descriptor = openSync(path, "r");
    const head = Buffer.alloc(16);
    readSync(descriptor, head, 0, head.length, 0);
    closeSync(descriptor);
    return head.toString("latin1");
  } catch (error) {
    throw new NsomemError("RECORDING", `cannot read the recording: ${describeError(error)}`, 2);
  }
}

/** A log without dates is taken as one reading of each kind a second. */
const undatedStepMs = 1000;

function fromLog(text: string): RecordedReadings {
  const steps: RecordedStep[] = [];
  let isOriginal = false;
  let undatedMs = 0;
  const seen = new Set<MemoryKind>();
  for (const line of text.split("\n")) {
    const parsed = parseLine(line, Number.NaN);
    if (parsed.kind === "event" && parsed.text.startsWith(agentStartWords)) steps.push({ step: "start" });
    if (parsed.kind !== "reading") continue;
    const { reading } = parsed;
    if (Number.isNaN(reading.atMs)) {
      if (seen.has(reading.kind)) {
        seen.clear();
        undatedMs += undatedStepMs;
      }
      seen.add(reading.kind);
      steps.push({ step: "reading", reading: { ...reading, atMs: undatedMs } });
      isOriginal = true;
    } else {
      isOriginal ||= parseDateStamp(line) !== undefined;
      steps.push({ step: "reading", reading });
    }
  }
  return { form: isOriginal ? "original tool's log" : "monitor log", steps, overcommitMode: undefined };
}

function fromHistory(path: string): RecordedReadings {
  const { host, runs, overcommitMode } = readHistory(path, { sinceMs: 0 });
  const starts = runs.map(({ startedMs }) => startedMs);
  const steps: RecordedStep[] = [];
  for (const [index, atMs] of host.atMs.entries()) {
    while (starts[0] !== undefined && starts[0] <= atMs) {
      starts.shift();
      steps.push({ step: "start" });
    }
    const use: Record<MemoryKind, [number | undefined, number | undefined]> = {
      allocated: [host.committedKib[index], host.commitLimitKib[index]],
      physical: [host.memUsedKib[index], host.memTotalKib[index]],
    };
    // As the tool writes them: allocated first.
    for (const kind of memoryKinds.toReversed()) {
      const [usedKib = 0, limitKib = 0] = use[kind];
      if (limitKib > 0)
        steps.push({ step: "reading", reading: plainReading(kind, { usedKib, limitKib, atMs }) });
    }
  }
  const mode = ([0, 1, 2] as const).find((known) => known === overcommitMode);
  return { form: "history", steps, overcommitMode: mode };
}

/** Without a verdict: history holds numbers only, so `judgedBy` must follow. */
function plainReading(kind: MemoryKind, use: { usedKib: number; limitKib: number; atMs: number }): Reading {
  const level: Level = "normal";
  return { kind, level, ...use, thresholdPercent: 100, ceiling: "host", source: "tool" };
}
