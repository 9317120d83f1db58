/** The steps of an incident as they are told to people: what repeats is one line, with its start, its end and its rate. */

import { describeStep } from "./describe-step.ts";
import type { RecordedStep } from "./incident-step.ts";
import { formatClock, formatKib, formatRate, formatSeconds } from "./units.ts";

export interface ToldStep {
  atMs: number;
  text: string;
}

type Growing = Extract<RecordedStep, { step: "growing" }>;

/** In the order of the record. How a dump grew stands where that was first seen, whatever happened meanwhile. */
export function toldSteps(steps: readonly RecordedStep[]): ToldStep[] {
  const told: (RecordedStep | Growing[])[] = [];
  let dump: Growing[] | undefined;
  for (const step of steps) {
    // Another dump begins.
    if (step.step === "signal-sent" || step.step === "critical") dump = undefined;
    if (step.step === "growing" && dump) dump.push(step);
    else if (step.step === "growing") {
      dump = [step];
      told.push(dump);
    } else told.push(step);
  }
  return told.map((one) =>
    Array.isArray(one)
      ? { atMs: one[0]?.atMs ?? 0, text: describeGrowth(one) }
      : { atMs: one.atMs, text: describeStep(one) },
  );
}

function describeGrowth(looks: readonly Growing[]): string {
  const [first] = looks;
  const last = looks.at(-1);
  if (!first || !last) return "";
  if (first === last || first.bytes === undefined || last.bytes === undefined) return describeStep(last);
  const [fromKib, toKib] = [first.bytes / 1024, last.bytes / 1024];
  const tookMs = last.atMs - first.atMs;
  const rate = tookMs > 0 ? `, ${formatRate(((toKib - fromKib) * 1000) / tookMs)}` : "";
  return `the dump grew from ${formatKib(fromKib)} to ${formatKib(toKib)} until ${formatClock(last.atMs, first.atMs)}, in ${formatSeconds(tookMs)}${rate}`;
}
