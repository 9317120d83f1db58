/** Checks of ncs.conf: what of it is about memory. */

import type { Check } from "../core/check.ts";
import { confFileReach } from "../linux/conf-file.ts";
import { readCdbPersistence, readMemorySection } from "../linux/ncs-conf.ts";
import type { Core } from "../linux/nso.ts";
import { checkCdb } from "./cdb.ts";
import { checkMemoryManagement } from "./memory-management.ts";
import type { DoctorOptions } from "./options.ts";
import { physicalNow } from "./physical-now.ts";

export async function checkNcsConf(core: Core, options: DoctorOptions): Promise<Check[]> {
  const { config, roots, paths } = options;
  const confFile = confFileReach(roots.procDir, core);
  const { limitKib } = physicalNow(core, options);
  return [
    checkMemoryManagement(await readMemorySection(confFile), core.confFile, config, paths.incidents),
    checkCdb(await readCdbPersistence(confFile), {
      warningPercent: config.physical.warning_percent,
      limitKib,
    }),
  ];
}
