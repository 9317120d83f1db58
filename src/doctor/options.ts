/** What every check of the doctor may look at. */

import type { Config } from "../core/config.ts";
import type { CoreChoice } from "../linux/choose-core.ts";
import type { Roots } from "../linux/roots.ts";
import type { Paths } from "../record/paths.ts";

export interface DoctorOptions {
  paths: Paths;
  config: Config;
  roots: Roots;
  choice: CoreChoice;
}
