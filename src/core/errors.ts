/** Errors that an operator reads: what failed, with which value, and what to do next. */

import { shown } from "./shown.ts";

/** The exit codes of every command. README names them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  notRunning: 3,
  nsoNotFound: 4,
  homeInUse: 5,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/**
 * An error with a sentence for the operator and the exit code that it leads to.
 * `code` is a stable word in capitals for tests and scripts; the message may be reworded.
 */
export class NsomemError extends Error {
  readonly code: string;
  readonly exitCode: ExitCode;

  constructor(code: string, message: string, exitCode: ExitCode = exitCodes.failed) {
    super(message);
    this.name = "NsomemError";
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** A mistake in the command line (exit 2), in one line whatever words are in it. */
export function usageError(message: string): NsomemError {
  return new NsomemError("USAGE", shown(message, 1000), exitCodes.usage);
}

/** The sentence of any thrown value; a system error keeps its code and its path, which anyone may have named. */
export function describeError(error: unknown): string {
  const sentence = error instanceof Error ? error.message : String(error);
  return errnoOf(error) === undefined || error instanceof NsomemError ? sentence : shown(sentence, 500);
}

/** The errno name (`ENOENT`, `EACCES`, …) of a thrown value, or undefined when it has none. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
