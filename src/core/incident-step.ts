/**
 * The steps of an incident's record: what is written while one is handled, and what a later agent reads back to decide
 * whether SIGUSR1 went out already. One line of JSON a step: `{"at": ISO 8601, "step": NAME, …facts}`.
 */

import { outcomeWords } from "./action.ts";
import { dumpEndings, verdictWords } from "./dump-verdict.ts";
import {
  type Fact,
  flag,
  isRecord,
  listOf,
  number,
  oneOf,
  opaque,
  orNull,
  parts,
  type Reader,
  readFacts,
  text,
  texts,
  whole,
} from "./fact.ts";
import { levels } from "./level.ts";
import { memoryKinds } from "./reading.ts";
import { formatTime } from "./units.ts";

const reading = parts({
  kind: oneOf(memoryKinds),
  level: oneOf(levels),
  usedKib: number,
  limitKib: number,
  thresholdPercent: number,
  ceiling: text,
  atMs: number,
  source: text,
});
const prospect = orNull(
  parts({ outlook: text, path: orNull(text), roomKib: opaque, needKib: opaque, reasons: texts }),
);
const dump = orNull(parts({ path: text, bytes: number, ending: oneOf(dumpEndings) }));

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
  const [pid, startTicks, from, to] = ["pid", "startTicks", "from", "to"].map((name) => whole(value[name]));
  if (pid === undefined || startTicks === undefined || from === undefined || to === undefined)
    return undefined;
  return { pid, startTicks, from, to };
};

const vm = parts({ pid: whole, startTicks: whole, group: text, name: text, sent: orNull(text), ended: flag });
const outcome = { outcome: oneOf(outcomeWords), message: text, files: texts };

/** Every step by name with its facts: what is written is typed by it, what is read is checked by it. */
const steps = {
  // The crash dump, in the order of its steps.
  critical: {
    rule: text,
    reading,
    pid: whole,
    startTicks: whole,
    bootId: text,
    argv: texts,
    places: texts,
    prospect,
  },
  skipped: { message: text, pid: whole },
  "signal-intended": { pid: whole, signal: text },
  "moved-aside": { from: text, to: text },
  "prepare-failed": { reason: text },
  prepared: { recordSynced: flag, prospect },
  shielded: { changes: listOf(scoreChange) },
  unshielded: { changes: whole },
  "signal-withheld": { reason: text },
  "signal-refused": { pid: whole },
  "signal-sent": { pid: whole, signal: text },
  victim: { isNso: opaque, sentence: text, ranking: opaque, complete: flag, growth: opaque, grew: text },
  growing: { bytes: number, path: text },
  shedding: { family: listOf(vm) },
  shed: { family: listOf(vm) },
  "shed-failed": { reason: text },
  sigkill: { sent: flag, configured: text },
  verdict: {
    word: oneOf(verdictWords),
    outcome: oneOf(outcomeWords),
    message: text,
    coreEnded: orNull(flag),
    tookMs: number,
    dump,
    finishedLater: flag,
  },
  "oom-kill": { line: text },
  preserved: { path: text, copy: text },
  checksum: { path: text, sha256: orNull(text) },
  resumed: { pid: whole },
  // The other actions, and the state of the host.
  "debug-dump-begun": { reading, pid: whole },
  "debug-dump-deferred": { confFile: text },
  "debug-dump-ended": outcome,
  "run-begun": { path: text, rule: text },
  "run-ended": { path: text, ...outcome },
  "callback-begun": { file: text, rule: text },
  "callback-ended": { file: text, ...outcome },
  evidence: { dir: text, files: texts },
  "evidence-failed": { reason: text },
} as const;

type Steps = typeof steps;
export type StepName = keyof Steps;
type Facts<S extends StepName> = { [F in keyof Steps[S]]: Fact<Steps[S][F]> };
/** What not every writer of a step knows. */
type Unsure = { verdict: "outcome" | "message" | "coreEnded" | "tookMs" | "finishedLater" };
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
  return JSON.stringify({ at: formatTime(atMs), step, ...facts });
}

/** The step of one line; undefined when the line is damaged, as the last one of a host that lost its power. */
export function parseStep(line: string): RecordedStep | undefined {
  const document = parseJson(line);
  if (!document) return undefined;
  const { at, step, ...facts } = document;
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
