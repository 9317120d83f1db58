/** The kinds of values that a configuration holds, each with its range and the sentence that refuses what is out of it. */

import { z } from "zod";
import { type ActionWord, actionNames, runPath } from "./action.ts";
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

export const actionWord = z.string().transform((text, context): ActionWord => {
  const path = runPath(text);
  const known = actionNames.find((name) => name === text);
  if (known) return known;
  if (path?.startsWith("/")) return `run:/${path.slice(1)}`;
  const guess = nearest(text, actionNames);
  const wayOut = guess ? `did you mean "${guess}"?` : `known: ${actionNames.join(", ")}, run:/PATH`;
  const message = path === undefined ? `is not an action; ${wayOut}` : "needs an absolute path: run:/PATH";
  context.issues.push({ code: "custom", message, input: text });
  return z.NEVER;
});
function converted(text: string, convert: (text: string) => number, context: z.core.$RefinementCtx): number {
  try {
    return convert(text);
  } catch (error) {
    const message = error instanceof NsomemError ? error.message : String(error);
    context.issues.push({ code: "custom", message, input: text });
    return z.NEVER;
  }
}
