/** Checks of ncs.conf: what of it is about memory. */

import type { Check } from "../core/check.ts";
import { confFileReach } from "../linux/conf-file.ts";
import { createMeter } from "../linux/meter.ts";
import { readCdbPersistence, readMemorySection } from "../linux/ncs-conf.ts";
import type { Core } from "../linux/nso.ts";
import { checkCdb } from "./cdb.ts";
import { checkMemoryManagement } from "./memory-management.ts";
import type { DoctorOptions } from "./options.ts";

export async function checkNcsConf(core: Core, { config, roots, paths }: DoctorOptions): Promise<Check[]> {
  const confFile = confFileReach(roots.procDir, core);
  const meter = createMeter(roots, Date.now);
  meter.follow(core);
  const { limitKib } = meter.measure(config).readings.physical;
  return [
    checkMemoryManagement(await readMemorySection(confFile), core.confFile, config, paths.incidents),
    checkCdb(await readCdbPersistence(confFile), {
      warningPercent: config.physical.warning_percent,
      limitKib,
    }),
  ];
}
