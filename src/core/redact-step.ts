/** A step of an incident's record without what it quotes of others: their output, their arguments. Pure. */

import type { RecordedStep } from "./incident-step.ts";
import { isPlainValue, masked, withoutSecrets } from "./secret-text.ts";

/** Flags of a core's command line, see facts 3.1, and the words that stand behind them. */
const plainWords = new Set(
  "-- -K -P -root -progname -home -boot -ncs -noshell -noinput -foreground -yaws -kernel -conffile -max_fds -heart -extra ncs embedded start_phase".split(
    " ",
  ),
);

/** Steps whose message or reason repeats what a command or a callback printed. */
const quoting: ReadonlySet<RecordedStep["step"]> = new Set<RecordedStep["step"]>([
  "debug-dump-ended",
  "grower-evidence",
  "run-ended",
  "callback-ended",
  "grower-evidence",
]);

export function redactStep(step: RecordedStep): RecordedStep {
  if (step.step === "other") return { ...step, facts: numbersOf(step.facts) };
  const entries = Object.entries(step).map(([name, value]) => [name, redactFact(step.step, name, value)]);
  // Each fact keeps its kind: a text becomes a text, a list of texts one of as many.
  return Object.fromEntries(entries) as RecordedStep;
}

function redactFact(step: RecordedStep["step"], name: string, value: unknown): unknown {
  if (name === "step") return value;
  // Names of atoms; what stays of them is in the summary of the dump.
  if (name === "words" && step === "dump-read") return [];
  if (name === "argv" && Array.isArray(value)) return redactArgv(value.map(String));
  if (name === "message" && quoting.has(step)) return masked;
  return redactDeep(value);
}

/** The words of a command line that are known to be none of a user's. */
export function redactArgv(argv: readonly string[]): string[] {
  return argv.map((word) => (plainWords.has(word) || isPlainValue(word) ? word : masked));
}

function redactDeep(value: unknown): unknown {
  if (typeof value === "string") return withoutSecrets(value);
  if (Array.isArray(value)) return value.map(redactDeep);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, redactDeep(one)]));
}

/** Of a step that this version does not know. */
function numbersOf(facts: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => typeof value === "number"));
}
