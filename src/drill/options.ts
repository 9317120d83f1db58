/** What a drill is made with. */

import type { PreparedConfig } from "../configuration/prepare.ts";
import type { Config } from "../core/config.ts";
import type { CoreChoice } from "../linux/choose-core.ts";
import type { Roots } from "../linux/roots.ts";
import type { Paths } from "../record/paths.ts";
import type { Decoys } from "./decoy.ts";
import type { DrillStep } from "./steps.ts";

export interface DrillOptions {
  paths: Paths;
  roots: Roots;
  prepareConfig: () => Promise<PreparedConfig>;
  /** The core that the operator means, by the configuration in force. */
  choiceOf: (configured: Partial<Config["nso"]>) => CoreChoice;
  decoys: Decoys;
  onStep: (step: DrillStep) => void;
  signal: AbortSignal;
}
