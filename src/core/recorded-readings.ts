/** The readings of an earlier run, as a log recorded them, with the verdicts of then or of another configuration. */

import { type Config, limitsOf } from "./config.ts";
import { levelOf } from "./level.ts";
import { parseLine } from "./line.ts";
import type { MemoryKind, Reading } from "./reading.ts";
import type { OvercommitMode } from "./rule.ts";
import { isIsoStamped } from "./stamp.ts";

/** One reading, or the start of an agent, which begins with a clean slate. */
export type ReplayStep = { step: "start" } | { step: "reading"; reading: Reading };

export interface RecordedReadings {
  /** What the file is. `original` when its lines carry verdicts of another tool. */
  form: "monitor log" | "original tool's log" | "history";
  steps: ReplayStep[];
  /** vm.overcommit_memory at that time, where the recording says it. */
  overcommitMode: OvercommitMode | undefined;
}

/** The line with which an agent begins its part of monitor.log. */
export const agentStartWords = "nsomem agent started";

/** The same steps with the verdicts that the limits of `config` give. */
export function judgedBy(config: Config, steps: readonly ReplayStep[]): ReplayStep[] {
  return steps.map((step) => {
    if (step.step === "start") return step;
    const limits = limitsOf(step.reading.kind, config);
    const level = levelOf(step.reading, limits);
    const thresholdPercent = level === "critical" ? limits.criticalPercent : limits.warningPercent;
    return { step: "reading", reading: { ...step.reading, level, thresholdPercent } };
  });
}

/** A log without dates is taken as one reading of each kind a second. */
const undatedStepMs = 1000;

/** The readings of a monitor log, line by line: nsomem's own, or the original tool's. `latestMs`: of its last line. */
export function parseRecordedLog(lines: Iterable<string>, latestMs: number): RecordedReadings {
  const steps: ReplayStep[] = [];
  let isOriginal = false;
  let undatedMs = 0;
  const seen = new Set<MemoryKind>();
  for (const line of lines) {
    const parsed = parseLine(line, { latestMs, undatedMs: Number.NaN, clockMs: () => Number.NaN });
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
      isOriginal ||= !isIsoStamped(line);
      steps.push({ step: "reading", reading });
    }
  }
  return { form: isOriginal ? "original tool's log" : "monitor log", steps, overcommitMode: undefined };
}
