/** What an incident's record says, in one value: state, verdict, files; from its steps alone. */

import { type VerdictWord, verdictWords } from "./dump-verdict.ts";
import { type MemoryKind, memoryKinds } from "./reading.ts";

/** One step as it was recorded. `atMs` is the epoch; the rest are the facts of that step. */
export interface RecordedStep {
  atMs: number;
  step: string;
  [fact: string]: unknown;
}

/** A changed oom_score_adj, to be put back when the core lives on. */
export interface RecordedChange {
  pid: number;
  startTicks: number;
  from: number;
  to: number;
}

/** A crash dump that was begun: whose, when, where. */
export interface BegunDump {
  pid: number;
  startTicks: number;
  bootId: string;
  argv: string[];
  kind: MemoryKind;
  thresholdPercent: number;
  rule: string;
  places: string[];
  doubts: string[];
  changes: RecordedChange[];
  /** When SIGUSR1 was sent; of one that was only intended, when that was written. */
  atMs: number;
  sent: boolean;
}

export interface IncidentSummary {
  kind: MemoryKind | null;
  sinceMs: number;
  untilMs: number;
  /** `watched`: no signal was meant to go out. `finished`: its verdict stands. `unfinished`: the agent ended before. */
  state: "watched" | "finished" | "unfinished";
  verdict: VerdictWord | "withheld" | null;
  /** One sentence, the last word on the crash dump or on the debug dumps. */
  sentence: string;
  crashDump: { path: string; bytes: number; sha256: string | null } | null;
  debugDumps: string[];
  begun: BegunDump | null;
}

export function summariseIncident(id: string, steps: readonly RecordedStep[]): IncidentSummary {
  // An episode may become critical more than once: what counts is the last time.
  const from = steps.findLastIndex(({ step }) => step === "critical");
  const last = (name: string) => steps.findLast(({ step }, index) => index > from && step === name);
  const verdict = last("verdict");
  const withheld = last("signal-withheld") ?? last("signal-refused");
  const begun = begunDump(steps);
  const word = verdictWords.find((known) => known === verdict?.word) ?? (withheld ? "withheld" : null);
  const ended = last("debug-dump-ended");
  const open = begun !== null && (word === null || word === "unwatched");
  return {
    kind: memoryKinds.find((kind) => id.endsWith(`-${kind}`)) ?? begun?.kind ?? null,
    sinceMs: steps[0]?.atMs ?? 0,
    untilMs: steps.at(-1)?.atMs ?? 0,
    state: open ? "unfinished" : begun || withheld ? "finished" : "watched",
    verdict: word,
    sentence: sentenceOf(steps, open ? undefined : verdict, withheld, ended, begun),
    crashDump: crashDumpOf(steps, verdict),
    debugDumps: steps.flatMap(({ step, files }) => (step === "debug-dump-ended" ? texts(files) : [])),
    begun,
  };
}

function sentenceOf(
  steps: readonly RecordedStep[],
  verdict: RecordedStep | undefined,
  withheld: RecordedStep | undefined,
  debugDumps: RecordedStep | undefined,
  begun: BegunDump | null,
): string {
  if (verdict && typeof verdict.message === "string") return verdict.message;
  if (withheld) return `no signal sent: ${String(withheld.reason ?? "it was refused")}`;
  if (begun) return "SIGUSR1 was sent; the agent ended before the dump did";
  if (debugDumps && typeof debugDumps.message === "string") return debugDumps.message;
  const told = steps.findLast(({ message }) => typeof message === "string");
  return told ? String(told.message) : "recorded only";
}

/** The last crash dump that was begun; the steps `critical`, `signal-intended`, `signal-sent` make it. */
function begunDump(steps: readonly RecordedStep[]): BegunDump | null {
  const from = steps.findLastIndex(({ step }) => step === "critical");
  const critical = steps[from];
  const intended = steps.findLast(({ step }, index) => index > from && step === "signal-intended");
  if (!critical || !intended) return null;
  const after = (name: string) => steps.findLast(({ step }, index) => index > from && step === name);
  const sent = after("signal-sent");
  const reading = objectOf(critical.reading);
  const prospect = objectOf(after("prepared")?.prospect);
  return {
    pid: Number(critical.pid),
    startTicks: Number(critical.startTicks),
    bootId: String(critical.bootId ?? ""),
    argv: texts(critical.argv),
    kind: memoryKinds.find((kind) => kind === reading.kind) ?? "physical",
    thresholdPercent: Number(reading.thresholdPercent ?? 100),
    rule: String(critical.rule ?? "crit_phy"),
    places: texts(critical.places),
    doubts: texts(prospect.reasons),
    changes: changesOf(after("shielded")?.changes),
    atMs: (sent ?? intended).atMs,
    sent: sent !== undefined,
  };
}

function crashDumpOf(
  steps: readonly RecordedStep[],
  verdict: RecordedStep | undefined,
): IncidentSummary["crashDump"] {
  const dump = objectOf(verdict?.dump);
  if (typeof dump.path !== "string") return null;
  const preserved = steps.findLast(({ step, path }) => step === "preserved" && path === dump.path);
  const path = typeof preserved?.copy === "string" ? preserved.copy : dump.path;
  const checksum = steps.findLast(({ step, path }) => step === "checksum" && path === dump.path);
  const sha256 = typeof checksum?.sha256 === "string" ? checksum.sha256 : null;
  return { path, bytes: Number(dump.bytes ?? 0), sha256 };
}

function changesOf(value: unknown): RecordedChange[] {
  if (!Array.isArray(value)) return [];
  return value.map(objectOf).flatMap(({ pid, startTicks, from, to }) => {
    const numbers = { pid: Number(pid), startTicks: Number(startTicks), from: Number(from), to: Number(to) };
    return Object.values(numbers).every(Number.isInteger) ? [numbers] : [];
  });
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
