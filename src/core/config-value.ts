/** The kinds of values that a configuration holds, each with its range and the sentence that refuses what is out of it. */

import { z } from "zod";
import type { ActionSpec } from "./action.ts";
import { NsomemError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { parseDurationMs, parseSizeKib, tomlDuration } from "./units.ts";

export const percent = z
  .number()
  .gt(0, "must be more than 0 and at most 100")
  .max(100, "must be more than 0 and at most 100")
  // plot.sh computes in basis points; more decimals would not be honoured.
  .refine((value) => Math.abs(value * 100 - Math.round(value * 100)) < 1e-6, "has at most two decimals");

export const whole = (min: number, max: number) => {
  const range = `must be a whole number from ${min} to ${max}`;
  return z.int(range).min(min, range).max(max, range);
};

export const duration = (fallback: string, bounds: { minMs?: number; maxMs?: number } = {}) =>
  durationText(bounds).prefault(fallback);

export const durationText = ({
  minMs = 0,
  maxMs = 7 * 86_400_000,
}: {
  minMs?: number;
  maxMs?: number;
} = {}) =>
  z
    .string()
    .transform((text, context) => converted(text, parseDurationMs, context))
    .refine(
      (ms) => ms >= minMs && ms <= maxMs,
      `must be from ${tomlDuration(minMs)} to ${tomlDuration(maxMs)}`,
    );

export const size = z.string().transform((text, context) => converted(text, parseSizeKib, context));

export const absolutePath = z.string().startsWith("/", "must be an absolute path");

/** The kinds that a list may name, whether a path follows the name, and whether it ends NSO. */
export type ActionWords = Readonly<Record<string, { takesPath: boolean; sendsSignal: boolean }>>;

/** One word of a list: `KIND`, or `KIND:/absolute/path` where the kind takes one. */
export const actionSpec = (words: ActionWords) =>
  z.string().transform((text, context): ActionSpec => {
    const [name = "", path] = text.split(/:(.*)/s, 2);
    const known = Object.hasOwn(words, name) ? words[name] : undefined;
    // The name is one of the table's, so the spec is one of that kind.
    if (known && !known.takesPath && path === undefined) return { kind: name } as ActionSpec;
    if (known?.takesPath && path?.startsWith("/")) return { kind: name, path } as ActionSpec;
    context.issues.push({ code: "custom", message: complaintOf(text, words), input: text });
    return z.NEVER;
  });

function complaintOf(text: string, words: ActionWords): string {
  const [name = "", path] = text.split(/:(.*)/s, 2);
  if (Object.hasOwn(words, name) && words[name]?.takesPath && path !== undefined)
    return `needs an absolute path: ${name}:/PATH`;
  const plain = Object.keys(words).filter((word) => !words[word]?.takesPath);
  const guess = nearest(text, plain);
  const known = Object.entries(words).map(([word, { takesPath }]) => (takesPath ? `${word}:/PATH` : word));
  return `is not an action; ${guess ? `did you mean "${guess}"?` : `known: ${known.join(", ")}`}`;
}

function converted(text: string, convert: (text: string) => number, context: z.core.$RefinementCtx): number {
  try {
    return convert(text);
  } catch (error) {
    const message = error instanceof NsomemError ? error.message : String(error);
    context.issues.push({ code: "custom", message, input: text });
    return z.NEVER;
  }
}
