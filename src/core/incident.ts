/** What an incident's record says, in one value: state, verdict, files; from its steps alone. */

import { hostCeiling } from "./ceiling-name.ts";
import type { VerdictWord } from "./dump-verdict.ts";
import type { HighChange, RecordedStep, ScoreChange } from "./incident-step.ts";
import { type MemoryKind, memoryKinds } from "./reading.ts";
import { shown } from "./shown.ts";

/** A crash dump that was begun: whose, when, where. */
export interface BegunDump {
  pid: number;
  startTicks: number;
  bootId: string;
  argv: string[];
  kind: MemoryKind;
  thresholdPercent: number;
  /** What memory was measured against. */
  ceiling: string;
  rule: string;
  places: string[];
  /** Also names that begin with one of these. */
  alike: boolean;
  /** The files that were there before the signal; null where that was not recorded. */
  known: string[] | null;
  doubts: string[];
  changes: ScoreChange[];
  /** What was raised of memory.high, and may have been put back. */
  highs: HighChange[];
  /** When SIGUSR1 was sent; of one that was only intended, when that was written. */
  atMs: number;
  /** The same as milliseconds since boot; null in a record of an older version. */
  uptimeMs: number | null;
  sent: boolean;
}

export interface IncidentSummary {
  kind: MemoryKind | null;
  sinceMs: number;
  untilMs: number;
  /** `watched`: no signal was meant to go out. `finished`: its verdict is known. `unfinished`: the agent ended before. */
  state: "watched" | "finished" | "unfinished";
  verdict: VerdictWord | "withheld" | null;
  /** One sentence, the last word on the crash dump or on the debug dumps. */
  sentence: string;
  crashDump: { path: string; bytes: number; sha256: string | null } | null;
  debugDumps: string[];
  begun: BegunDump | null;
  /** How much of the crash dump was there at the last look; null where none was seen. */
  bytesWritten: number | null;
}

/** The signal went out, and there is no verdict: the dump is being written, or the agent ended before it did. */
export function isOpenDump(
  summary: IncidentSummary,
): summary is IncidentSummary & { state: "unfinished"; begun: BegunDump } {
  return summary.state === "unfinished" && summary.begun !== null && summary.begun.sent;
}

export function summariseIncident(id: string, steps: readonly RecordedStep[]): IncidentSummary {
  const last = sinceCritical(steps);
  const verdict = last("verdict");
  const withheld = last("signal-withheld") ?? last("signal-refused");
  const begun = begunDump(steps);
  const word = verdict?.word ?? (withheld ? "withheld" : null);
  const open = begun !== null && (word === null || word === "unwatched");
  return {
    kind: memoryKinds.find((kind) => id.endsWith(`-${kind}`)) ?? begun?.kind ?? null,
    sinceMs: steps[0]?.atMs ?? 0,
    untilMs: steps.at(-1)?.atMs ?? 0,
    state: open ? "unfinished" : begun || withheld ? "finished" : "watched",
    verdict: word,
    sentence: shown(sentenceOf(steps, { open, isBegun: begun !== null }), 1000),
    crashDump: crashDumpOf(steps, verdict),
    debugDumps: keptSteps(steps).flatMap((step) =>
      step.step === "debug-dump-ended" ? (step.files ?? []) : [],
    ),
    begun,
    bytesWritten: last("growing")?.bytes ?? null,
  };
}

/** Those since its dumps were last removed for the quota. */
function keptSteps(steps: readonly RecordedStep[]): readonly RecordedStep[] {
  return steps.slice(steps.findLastIndex(({ step }) => step === "dumps-removed") + 1);
}

type StepOf<S> = Extract<RecordedStep, { step: S }>;

/** The last step of a name since memory became critical: an episode may become so more than once. */
function sinceCritical(steps: readonly RecordedStep[]) {
  const from = steps.findLastIndex(({ step }) => step === "critical");
  return <S extends RecordedStep["step"]>(name: S) =>
    steps.slice(from + 1).findLast((step): step is StepOf<S> => step.step === name);
}

function sentenceOf(
  steps: readonly RecordedStep[],
  { open, isBegun }: { open: boolean; isBegun: boolean },
): string {
  const last = sinceCritical(steps);
  const verdict = open ? undefined : last("verdict")?.message;
  if (verdict !== undefined) return verdict;
  const withheld = last("signal-withheld");
  if (withheld) return `no signal sent: ${withheld.reason ?? "no reason was recorded"}`;
  if (last("signal-refused")) return "no signal sent: it was refused";
  if (isBegun) return "SIGUSR1 was sent; the agent ended before the dump did";
  const ended = last("ended-by");
  if (ended)
    return `NSO was ended by ${ended.who ?? "?"} before it could write a crash dump: ${ended.line ?? "?"}`;
  return last("debug-dump-ended")?.message ?? steps.map(messageOf).findLast(Boolean) ?? recordedOnly;
}

/** The sentence of an incident that nothing came of, or nothing yet. */
export const recordedOnly = "recorded only";

function messageOf(step: RecordedStep): string | undefined {
  if (step.step === "other") return typeof step.facts.message === "string" ? step.facts.message : undefined;
  return "message" in step ? step.message : undefined;
}

/** The last crash dump that was begun; the steps `critical`, `signal-intended`, `signal-sent` make it. */
function begunDump(steps: readonly RecordedStep[]): BegunDump | null {
  const critical = steps.findLast((step): step is StepOf<"critical"> => step.step === "critical");
  const last = sinceCritical(steps);
  const intended = last("signal-intended");
  // Without a PID and a start time one core cannot be distinguished from another.
  if (critical?.pid === undefined || critical.startTicks === undefined || !intended) return null;
  const sent = last("signal-sent");
  return {
    pid: critical.pid,
    startTicks: critical.startTicks,
    bootId: critical.bootId ?? "",
    argv: critical.argv ?? [],
    kind: critical.reading?.kind ?? "physical",
    thresholdPercent: critical.reading?.thresholdPercent ?? 100,
    ceiling: critical.reading?.ceiling ?? hostCeiling,
    rule: critical.rule ?? "crit_phy",
    places: critical.places ?? [],
    alike: critical.alike ?? false,
    known: last("prepared")?.known ?? null,
    doubts: last("prepared")?.prospect?.reasons ?? [],
    changes: last("shielded")?.changes ?? intended.changes ?? [],
    highs: steps.flatMap((step) => (step.step === "high-raised" ? (step.changes ?? []) : [])),
    atMs: (sent ?? intended).atMs,
    uptimeMs: (sent ?? intended).uptimeMs ?? null,
    sent: sent !== undefined,
  };
}

function crashDumpOf(
  steps: readonly RecordedStep[],
  verdict: StepOf<"verdict"> | undefined,
): IncidentSummary["crashDump"] {
  const path = verdict?.dump?.path;
  if (path === undefined) return null;
  const preserved = steps.findLast(
    (step): step is StepOf<"preserved"> => step.step === "preserved" && step.path === path,
  );
  const checksum = steps.findLast(
    (step): step is StepOf<"checksum"> => step.step === "checksum" && step.path === path,
  );
  return {
    path: preserved?.copy ?? path,
    bytes: verdict?.dump?.bytes ?? 0,
    sha256: checksum?.sha256 ?? null,
  };
}
