/** What a drill is made with. */

import type { PreparedConfig } from "../configuration/prepare.ts";
import type { Roots } from "../linux/roots.ts";
import type { Paths } from "../record/paths.ts";
import type { Decoys } from "./decoy.ts";
import type { DrillStep } from "./steps.ts";

export interface DrillOptions {
  paths: Paths;
  roots: Roots;
  prepareConfig: () => Promise<PreparedConfig>;
  decoys: Decoys;
  onStep: (step: DrillStep) => void;
  signal: AbortSignal;
}
