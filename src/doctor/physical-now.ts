/** Physical memory on the ceiling that binds a core, measured now. */

import type { Reading } from "../core/reading.ts";
import { hostClock } from "../linux/host-clock.ts";
import { createMeter } from "../linux/meter.ts";
import type { Core } from "../linux/nso.ts";
import type { DoctorOptions } from "./options.ts";

export function physicalNow(core: Core, { config, roots }: DoctorOptions): Reading {
  const meter = createMeter(roots, hostClock);
  meter.follow(core);
  return meter.measure(config).readings.physical;
}
