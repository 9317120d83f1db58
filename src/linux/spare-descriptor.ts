/** A descriptor that is kept for the moment when there is no other: it is given up for one thing that must be opened. */

import { closeSync, constants, openSync } from "node:fs";
import { errnoOf } from "../core/errors.ts";
import { ownProcDir } from "./roots.ts";

/** Two: what is opened relative to a directory needs that open too. */
const sparesMax = 2;
const spares: number[] = [];

/** Takes what is missing of them. To be called early, when the lowest numbers are free, and now and then. Never throws. */
export function keepSpares(): void {
  try {
    while (spares.length < sparesMax)
      spares.push(openSync(ownProcDir, constants.O_RDONLY | constants.O_DIRECTORY));
  } catch {}
}

/** Whether `error` is that of a process, or a system, without a free descriptor. */
export function isOutOfDescriptors(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === "EMFILE" || errno === "ENFILE";
}

/** Gives one up, if `error` says that there is no other; returns whether a second attempt is worth it. */
export function giveUpSpare(error: unknown): boolean {
  const spare = isOutOfDescriptors(error) ? spares.pop() : undefined;
  if (spare === undefined) return false;
  closeSync(spare);
  return true;
}
