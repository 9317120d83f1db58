/**
 * The steps of an incident's record: what is written while one is handled, and what a later agent reads back to decide
 * whether SIGUSR1 went out already. One line of JSON a step: `{"at": ISO 8601, "format": N, "step": NAME, …facts}`.
 */

import { outcomeWords } from "./action.ts";
import { dumpEndings, verdictWords } from "./dump-verdict.ts";
import {
  anyValue,
  asFlag,
  asNumber,
  asText,
  asTexts,
  asWhole,
  type Fact,
  isRecord,
  listOf,
  oneOf,
  orNull,
  parts,
  type Reader,
  readFacts,
} from "./fact.ts";
import { levels } from "./level.ts";
import { memoryKinds } from "./reading.ts";
import { shownJson } from "./shown.ts";
import { formatTime } from "./units.ts";

/**
 * Of a line, for other programs; lines of 0.1.0 have none. A new step or fact leaves it as it is, since who does not know
 * it passes it over. What a step's name means never changes: it decides whether the signal is sent again.
 */
export const stepFormat = 1;

const reading = parts({
  kind: oneOf(memoryKinds),
  level: oneOf(levels),
  usedKib: asNumber,
  limitKib: asNumber,
  thresholdPercent: asNumber,
  ceiling: asText,
  atMs: asNumber,
  source: asText,
});
const prospect = orNull(
  parts({ outlook: asText, path: orNull(asText), roomKib: anyValue, needKib: anyValue, reasons: asTexts }),
);
/** What was read of a dump: its figures, while it is being written, or all of it. */
export const dumpParts = ["ledger", "whole"] as const;
export type DumpPart = (typeof dumpParts)[number];

const dump = orNull(parts({ path: asText, bytes: asNumber, ending: oneOf(dumpEndings) }));

/** One changed oom_score_adj, to be put back when the core lives on, by a later agent too. */
export interface ScoreChange {
  pid: number;
  startTicks: number;
  from: number;
  to: number;
}

/** Of use only whole: a score is not put back on half of its facts. */
const scoreChange: Reader<ScoreChange> = (value) => {
  if (!isRecord(value)) return undefined;
  const [pid, startTicks, from, to] = ["pid", "startTicks", "from", "to"].map((name) => asWhole(value[name]));
  if (pid === undefined || startTicks === undefined || from === undefined || to === undefined)
    return undefined;
  return { pid, startTicks, from, to };
};

/** One raised memory.high, to be put back when the dump is over, by a later agent too. */
export interface HighChange {
  /** Of the cgroup. */
  path: string;
  file: string;
  fromBytes: number;
  toBytes: number;
}

/** As a score, of use only whole. */
const highChange: Reader<HighChange> = (value) => {
  if (!isRecord(value)) return undefined;
  const [path, file] = [asText(value.path), asText(value.file)];
  const [fromBytes, toBytes] = [asWhole(value.fromBytes), asWhole(value.toBytes)];
  if (path === undefined || file === undefined || fromBytes === undefined || toBytes === undefined)
    return undefined;
  return { path, file, fromBytes, toBytes };
};

const vm = parts({
  pid: asWhole,
  startTicks: asWhole,
  group: asText,
  name: asText,
  sent: orNull(asText),
  ended: asFlag,
});
const outcome = { outcome: oneOf(outcomeWords), message: asText, files: asTexts };

/** Every step by name with its facts: what is written is typed by it, what is read is checked by it. */
const steps = {
  // The crash dump, in the order of its steps.
  critical: {
    rule: asText,
    reading,
    pid: asWhole,
    startTicks: asWhole,
    bootId: asText,
    argv: asTexts,
    places: asTexts,
    alike: asFlag,
    prospect,
  },
  skipped: { message: asText, pid: asWhole },
  /** `changes`: the scores that the shield is about to change. */
  "signal-intended": { pid: asWhole, signal: asText, uptimeMs: asNumber, changes: listOf(scoreChange) },
  "moved-aside": { from: asText, to: asText },
  "prepare-failed": { reason: asText },
  prepared: { recordSynced: asFlag, prospect, known: orNull(asTexts) },
  shielded: { changes: listOf(scoreChange) },
  unshielded: { changes: asWhole },
  "signal-withheld": { reason: asText },
  "signal-refused": { pid: asWhole },
  "signal-sent": { pid: asWhole, signal: asText, uptimeMs: asNumber },
  victim: {
    isNso: anyValue,
    sentence: asText,
    ranking: anyValue,
    complete: asFlag,
    growth: anyValue,
    grew: asText,
  },
  /** Before it is done: a later agent puts back what is there by then. */
  "high-raised": { changes: listOf(highChange) },
  "high-refused": { path: asText, reason: asText },
  "high-restored": { changes: listOf(highChange) },
  growing: { bytes: asNumber, path: asText },
  "still-writing": { bytes: asNumber, afterMs: asNumber },
  shedding: { family: listOf(vm) },
  shed: { family: listOf(vm) },
  "shed-failed": { reason: asText },
  sigkill: { sent: asFlag, configured: asText },
  verdict: {
    word: oneOf(verdictWords),
    outcome: oneOf(outcomeWords),
    message: asText,
    coreEnded: orNull(asFlag),
    tookMs: asNumber,
    dump,
    finishedLater: asFlag,
  },
  "oom-kill": { line: asText },
  "ended-by": { who: asText, line: asText },
  preserved: { path: asText, copy: asText },
  checksum: { path: asText, sha256: orNull(asText) },
  "dump-read": { part: oneOf(dumpParts), words: asTexts, tookMs: asNumber },
  "dump-unread": { part: oneOf(dumpParts), reason: asText },
  resumed: { pid: asWhole },
  // The other actions, and the state of the host.
  "debug-dump-begun": { reading, pid: asWhole },
  "debug-dump-deferred": { confFile: asText },
  "debug-dump-ended": outcome,
  /** NSO's own memory-management took these, and raised its alarm. */
  "nso-acted": { confFile: asText, directory: asText, count: asWhole, dumps: asTexts },
  /** Of an old incident, for its quota. */
  "dumps-removed": { bytes: asNumber, because: asText },
  "grower-evidence-begun": { pid: asWhole, group: asText, name: asText, why: asText, grew: asText },
  "grower-evidence": { pid: asWhole, group: asText, name: asText, dir: asText, ...outcome },
  "run-begun": { path: asText, rule: asText },
  "run-ended": { path: asText, ...outcome },
  "callback-begun": { file: asText, rule: asText },
  "callback-ended": { file: asText, ...outcome },
  evidence: { dir: asText, files: asTexts },
  "evidence-failed": { reason: asText },
} as const;

type Steps = typeof steps;
export type StepName = keyof Steps;
type Facts<S extends StepName> = { [F in keyof Steps[S]]: Fact<Steps[S][F]> };
/** What not every writer of a step knows. */
type Unsure = {
  "signal-intended": "uptimeMs" | "changes";
  "signal-sent": "uptimeMs";
  verdict: "outcome" | "message" | "coreEnded" | "tookMs" | "finishedLater";
};
type Written<S extends StepName> = S extends keyof Unsure
  ? Omit<Facts<S>, Unsure[S]> & { [F in Unsure[S] & keyof Facts<S>]?: Facts<S>[F] | undefined }
  : Facts<S>;

/** One step as it is written. Memory in KiB, times in ms since the epoch, durations in ms. */
export type IncidentStep = { [S in StepName]: { step: S } & Written<S> }[StepName];

/** The same as it was read: any fact may be missing, or was of another kind and was left out. */
export type RecordedStep =
  | { [S in StepName]: { atMs: number; step: S } & Partial<Facts<S>> }[StepName]
  | OtherStep;

/** A step that this version does not know, with all that its line says. */
export interface OtherStep {
  atMs: number;
  step: "other";
  name: string;
  facts: Record<string, unknown>;
}

/** One line of the record, without its newline. */
export function formatStep(atMs: number, { step, ...facts }: IncidentStep): string {
  return shownJson({ at: formatTime(atMs), format: stepFormat, step, ...facts });
}

/** The line of a step that was read: what could not be read of it is not in there. */
export function formatRecorded(step: RecordedStep): string {
  const { atMs, step: name, ...facts } = stepDocument(step);
  return shownJson({ at: formatTime(Number(atMs)), format: stepFormat, step: name, ...facts });
}

/** The step of one line; undefined when the line is damaged, as the last one of a host that lost its power. */
export function parseStep(line: string): RecordedStep | undefined {
  const document = parseJson(line);
  if (!document) return undefined;
  // A later format too: that the signal went out must be known from the name alone.
  const { at, format: _, step, ...facts } = document;
  const atMs = Date.parse(String(at));
  if (typeof step !== "string" || Number.isNaN(atMs)) return undefined;
  if (!isStepName(step)) return { atMs, step: "other", name: step, facts };
  // The readers of `step` made the facts, so they are those of `step`.
  return { atMs, step, ...readFacts(facts, steps[step]) } as RecordedStep;
}

/** A read step as one flat object, for `incidents show --json`: its name and its facts. */
export function stepDocument(step: RecordedStep): Record<string, unknown> {
  if (step.step !== "other") return { ...step };
  return { ...step.facts, atMs: step.atMs, step: step.name };
}

function isStepName(name: string): name is StepName {
  return Object.hasOwn(steps, name);
}

function parseJson(line: string): Record<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(line);
    return isRecord(document) ? document : undefined;
  } catch {
    return undefined;
  }
}
