/** What is written, shown and noted beside a rescue: whatever becomes of it, the rescue goes on. */

import { describeError } from "../core/errors.ts";
import type { Host } from "./host.ts";

/**
 * Calls `work`; what it throws is said in the action log, with `what` was not done, and goes no further. Never throws.
 */
export function quietly(host: Pick<Host, "journal">, what: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    try {
      host.journal.action(`${what}: ${describeError(error)}`, "error");
    } catch {
      // The log itself, or no memory for a sentence.
    }
  }
}
