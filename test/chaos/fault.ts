/** One fault that is staged on the compiled binary, and what came of it. */

import type { World } from "./world.ts";

export interface Fault {
  name: string;
  /** What is done to it, as the table says it. */
  done: string;
  /** The whole of it, from the first process to the verdict. */
  secondsMax: number;
  /** Part of `make test`. */
  inSuite?: true;
  /** A cgroup of its own, of version 1. Made outside of the namespaces, and removed there however the fault ends. */
  needs?: "pids" | "freezer";
  /** Minutes, not seconds: staged only where CHAOS_LONG is set. */
  isLong?: true;
  /** Throws Broken, or anything else, where the fault was not held. */
  stage(world: World): Promise<Outcome>;
}

export interface Outcome {
  /** A sentence that the user is shown, taken from this run. */
  seen: string;
  /** What is left of it for those who come later. */
  kept: string;
  /** From the crossing of critical to SIGUSR1 in the core's hands; null where no signal was due. */
  signalMs: number | null;
}

/** One row of the table. `outcome` is what held, `broke` why it did not, `skipped` what this machine lacks. */
export type Verdict = { fault: string; done: string } & (
  | { kind: "held"; outcome: Outcome }
  | { kind: "broke"; reason: string }
  | { kind: "skipped"; reason: string }
);
