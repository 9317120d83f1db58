/** What this machine lacks, and how a test that needs it says so. */

import { test } from "bun:test";

/** "X is not installed" for the first of `commands` that is not in PATH, else undefined. */
export function missingCommand(...commands: string[]): string | undefined {
  const lacking = commands.find((command) => Bun.which(command) === null);
  return lacking === undefined ? undefined : `${lacking} is not installed`;
}

/** A test that is skipped, with the reason in its name, where `reason` is given. */
export function testUnless(
  reason: string | undefined,
  name: string,
  run: () => void | Promise<void>,
  timeoutMs?: number,
): void {
  if (reason === undefined) test(name, run, timeoutMs);
  else test.skip(`${name} (skipped: ${reason})`, run);
}
