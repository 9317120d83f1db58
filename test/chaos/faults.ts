/** All faults, in the order of the table. */

import { agentFaults } from "./agent.ts";
import { childFaults } from "./children.ts";
import { clockFaults } from "./clock.ts";
import { diskFaults } from "./disk.ts";
import type { Fault } from "./fault.ts";
import { growthFaults } from "./growth.ts";
import { limitFaults } from "./limits.ts";
import { meminfoFaults } from "./meminfo.ts";
import { nsoFaults } from "./nso.ts";
import { toolFaults } from "./tool.ts";

export const faults: readonly Fault[] = [
  ...diskFaults,
  ...meminfoFaults,
  ...toolFaults,
  ...clockFaults,
  ...limitFaults,
  ...childFaults,
  ...agentFaults,
  ...nsoFaults,
  ...growthFaults,
];
