/** What an incident came to, as whoever looks at `status` must know it: from its record alone. */

import { largestPerCore } from "./dump-prospect.ts";
import type { IncidentSummary } from "./incident.ts";
import type { RecordedStep } from "./incident-step.ts";
import type { MemoryKind } from "./reading.ts";
import { shown } from "./shown.ts";

export interface Rescue {
  id: string;
  kind: MemoryKind | null;
  sinceMs: number;
  /** When memory became critical, with what was measured then; undefined where only the warning was reached. */
  critical: { atMs: number; usedKib: number; limitKib: number; ceiling: string } | undefined;
  /** The core's PID and when SIGUSR1 went to it. */
  signal: { pid: number; atMs: number } | undefined;
  state: IncidentSummary["state"];
  verdict: IncidentSummary["verdict"];
  /** When that was known; its begin where it is not over. */
  endedMs: number;
  tookMs: number | undefined;
  /** The last word on the incident, where there is no verdict on a crash dump. */
  sentence: string;
  crashDump: IncidentSummary["crashDump"];
  debugDumps: number;
  /** Who grew before, in a sentence. */
  grew: string | undefined;
  /** What the dump says, most telling first. */
  words: string[];
  bytesWritten: number | null;
  /** About how large the dump becomes; undefined where nothing is known of the core's memory. */
  aboutKib: number | undefined;
}

type StepOf<S> = Extract<RecordedStep, { step: S }>;

const wordLengthMax = 400;

export function rescueOf(
  { id, steps }: { id: string; steps: readonly RecordedStep[] },
  summary: IncidentSummary,
): Rescue {
  const last = <S extends RecordedStep["step"]>(name: S) =>
    steps.findLast((step): step is StepOf<S> => step.step === name);
  const { kind, sinceMs, state, verdict, sentence, crashDump, debugDumps, begun, bytesWritten } = summary;
  const critical = last("critical");
  const { usedKib, limitKib, ceiling } = critical?.reading ?? {};
  const ended = last("verdict") ?? last("signal-withheld") ?? last("signal-refused");
  const grew = last("victim")?.grew;
  return {
    ...{ id, kind, sinceMs, state, verdict, sentence, crashDump, bytesWritten },
    critical:
      critical && usedKib !== undefined && limitKib !== undefined
        ? { atMs: critical.atMs, usedKib, limitKib, ceiling: shown(ceiling ?? "?") }
        : undefined,
    signal: begun?.sent ? { pid: begun.pid, atMs: begun.atMs } : undefined,
    endedMs: state === "unfinished" ? sinceMs : (ended?.atMs ?? summary.untilMs),
    tookMs: last("verdict")?.tookMs,
    debugDumps: debugDumps.length,
    grew: grew === undefined ? undefined : shown(grew, wordLengthMax),
    words: (last("dump-read")?.words ?? []).map((words) => shown(words, wordLengthMax)),
    aboutKib: aboutKib(last("prepared")?.prospect?.needKib),
  };
}

/** NSO is writing its crash dump, or nobody has looked yet what became of it. */
export function isUnfinished({ state, signal }: Rescue): boolean {
  return state === "unfinished" && signal !== undefined;
}

/** A mixture of what a core holds: binaries 1.2, short lists 1.44, long ones 2.14 of its memory (facts 3.2). */
const usualPerCore = 1.4;

function aboutKib(needKib: unknown): number | undefined {
  return typeof needKib === "number" ? (needKib * usualPerCore) / largestPerCore : undefined;
}
