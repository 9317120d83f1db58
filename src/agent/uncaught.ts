/**
 * What nobody caught: a sentence in the log, and the agent goes on. The runtime would print a page with its stack to
 * standard error, past the rotation of the log; in one that had no descriptors left that came to 600 MB a day.
 */

import { describeError } from "../core/errors.ts";

const framesMax = 3;

/** Tells each to `say`; returns how to stop that. */
export function catchUncaught(say: (text: string) => void): () => void {
  const tell = (error: unknown) => say(`unexpected: ${describeError(error)}${placeOf(error)}`);
  process.on("uncaughtException", tell).on("unhandledRejection", tell);
  return () => void process.off("uncaughtException", tell).off("unhandledRejection", tell);
}

/** The innermost callers, in one line. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = stack.split("\n").flatMap((line) => /^\s*at (.+)$/.exec(line)?.[1] ?? []);
  return frames.length === 0 ? "" : ` (${frames.slice(0, framesMax).join(", ")})`;
}
