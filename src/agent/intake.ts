/** What comes in: the tool's lines and the agent's own readings. Each line is a reading, a sample, or counted. */

import { type Clock, momentNow } from "../core/clock.ts";
import { formatReading, formatSample, type LineWorth, parseLine, type ToolLine } from "../core/line.ts";
import type { ProcessSample, Reading } from "../core/reading.ts";
import { shown } from "../core/shown.ts";
import { formatTime } from "../core/units.ts";
import type { Journal } from "../record/journal.ts";
import type { Decider } from "./decider.ts";
import type { Lifetime } from "./lifetime.ts";
import type { MemoryState } from "./parts.ts";
import type { Publisher } from "./publisher.ts";
import type { Settler } from "./settler.ts";
import type { Sight } from "./sight.ts";

export interface Intake {
  /** One line of the tool. `writtenMs`: when it can have been written at the latest, where that is not now. */
  line(line: string, writtenMs?: number): LineWorth;
  /** A reading that the agent took by itself. */
  ownReading(reading: Reading): void;
  /** NSO's processes as the agent measured them by itself. */
  ownSamples(samples: readonly ProcessSample[]): void;
}

export interface IntakeOptions {
  decider: Decider;
  publisher: Pick<Publisher, "noteReading">;
  lifetime: Pick<Lifetime, "core" | "notice">;
  /** Whether lines go into monitor.log: not those that are in another log already. */
  keepLines: boolean;
  /** The lines are another tool's, and may be old. */
  foreign: boolean;
}

/** A clock may be ahead of ours by this; what claims to be later was stamped in a zone that is not understood. */
const futureMsMax = 60_000;

/**
 * Lines older than this were written for a moment that has passed; only the manual method meets them. A line that was
 * written before the time of day was set, and is read after it, counts as old or as of a time to come: what is not sure
 * to be now is not acted on, and the next line is.
 */
const oldLineMs = 60_000;

/** What an intake needs of the parts. */
export interface IntakeParts {
  host: Clock & { journal: Pick<Journal, "say" | "monitor"> };
  measured: Pick<MemoryState, "samples" | "lines" | "steady"> & { sight: Pick<Sight, "saw"> };
  settler: Pick<Settler, "ring">;
}

export function createIntake(parts: IntakeParts, options: IntakeOptions): Intake {
  const { host, measured, settler } = parts;
  const { decider, publisher, keepLines } = options;
  const { journal, wallMs } = host;
  const keepSample = (sample: ProcessSample) =>
    measured.samples.take(sample, measured.steady.of(sample.atMs, momentNow(host)));
  const take = (reading: Reading) => {
    measured.sight.saw(reading.kind);
    decider.take(reading);
    publisher.noteReading();
  };
  const takeParsed = lineTaker(parts, options, { take, keepSample });
  return {
    line(line, writtenMs) {
      const receivedAtMs = wallMs();
      const parsed = parseLine(line, { latestMs: writtenMs ?? receivedAtMs });
      const worth = takeParsed(parsed, line, receivedAtMs);
      // After the action that the line led to.
      if (keepLines) journal.monitor(line);
      return worth;
    },
    ownReading(reading) {
      journal.monitor(formatReading(reading, formatTime(reading.atMs)));
      take(reading);
    },
    ownSamples(measuredNow) {
      for (const sample of measuredNow) {
        keepSample(sample);
        journal.monitor(formatSample(sample, formatTime(sample.atMs)));
      }
      settler.ring();
    },
  };
}

interface Takers {
  take: (reading: Reading) => void;
  keepSample: (sample: ProcessSample) => void;
}

/** Takes a line of the tool by what it is, and says what it was worth. */
function lineTaker(
  { host: { journal }, measured: { lines }, settler }: IntakeParts,
  { lifetime, foreign }: IntakeOptions,
  { take, keepSample }: Takers,
): (parsed: ToolLine, line: string, receivedAtMs: number) => LineWorth {
  /** The core of the tool's last sample: the VMs that it measures are that core's. */
  let toolCorePid: number | undefined;
  /** What the tool takes for NSO by itself is kept only where it is the NSO that this agent follows. */
  const takeSample = (sample: ProcessSample) => {
    if (sample.group === "core") {
      toolCorePid = sample.pid;
      lifetime.notice(sample.pid);
    }
    const core = lifetime.core();
    if (!core || (toolCorePid !== undefined && toolCorePid !== core.pid)) return;
    keepSample(sample);
    settler.ring();
  };
  const reject = (line: string, reason: string): LineWorth => {
    if (lines.malformed++ === 0)
      journal.say(`the tool wrote a line that is not understood (${reason}): ${shown(line)}`, "warning");
    return "rubbish";
  };
  const takeReading = (reading: Reading, receivedAtMs: number): LineWorth => {
    if (foreign && receivedAtMs - reading.atMs > oldLineMs) {
      lines.old++;
      return "event";
    }
    take(reading);
    return reading.kind === "physical" ? "reading" : "event";
  };
  return (parsed, line, receivedAtMs) => {
    switch (parsed.kind) {
      case "reading":
      case "sample": {
        const { atMs } = parsed.kind === "reading" ? parsed.reading : parsed.sample;
        const problem = stampProblem(atMs, { foreign, receivedAtMs });
        if (problem !== undefined) return reject(line, problem);
        if (parsed.kind === "reading") return takeReading(parsed.reading, receivedAtMs);
        takeSample(parsed.sample);
        return "sample";
      }
      case "malformed":
        return reject(line, parsed.reason);
      case "event":
        return "event";
      case "other":
        return "rubbish";
      default:
        return parsed satisfies never;
    }
  };
}

/** Another tool's line is acted on only where its time is sure to be now. */
function stampProblem(
  atMs: number,
  { foreign, receivedAtMs }: { foreign: boolean; receivedAtMs: number },
): string | undefined {
  if (Number.isNaN(atMs)) return "its time cannot be told, so it may be an old line";
  if (foreign && atMs - receivedAtMs > futureMsMax)
    return `its time is ${formatTime(atMs)} by this host's zone, which is still to come`;
  return undefined;
}
