/** The agent's own measurement: before an irreversible action, and of everything while the tool is away. */

import { allocatedReading, type Ceiling, physicalReading } from "../core/ceiling.ts";
import { type Config, limitsOf } from "../core/config.ts";
import { cadenceMs } from "../core/level.ts";
import { lineLengthMax } from "../core/line.ts";
import type { Meminfo } from "../core/meminfo.ts";
import type { MemoryKind, Reading } from "../core/reading.ts";
import { shown } from "../core/shown.ts";
import { type CgroupCeiling, findCeilings, readCeiling } from "./cgroup.ts";
import { readMeminfo } from "./procfs.ts";
import type { Roots } from "./roots.ts";

/** One measurement of both memory kinds, and the snapshot it was computed from. */
export interface Measurement {
  meminfo: Meminfo;
  readings: Record<MemoryKind, Reading>;
}

export interface Meter {
  measure(config: Config): Measurement;
  /** Milliseconds until the next measurement is due, by the cadence of the level. */
  waitMs(measurement: Measurement, config: Config): number;
  /** From now on measures the cgroups above this core; none for undefined. */
  follow(pid: number | undefined): void;
}

export function createMeter(roots: Roots, now: () => number): Meter {
  let cgroups: CgroupCeiling[] = [];
  return {
    measure(config) {
      const meminfo = readMeminfo(roots.procDir);
      const atMs = now();
      const ceilings = cgroups.flatMap((cgroup): Ceiling[] => {
        const use = readCeiling(cgroup);
        return use ? [{ name: `cgroup:${shown(cgroup.path, lineLengthMax)}`, ...use }] : [];
      });
      const { basis } = config.physical;
      const physical = physicalReading(meminfo, ceilings, {
        limits: limitsOf("physical", config),
        basis,
        atMs,
      });
      const allocated = allocatedReading(meminfo, limitsOf("allocated", config), atMs);
      return { meminfo, readings: { physical, allocated } };
    },
    waitMs({ readings }, config) {
      const bounds = { minMs: config.tool.interval_min, maxMs: config.tool.interval_max };
      const waits = [readings.physical, readings.allocated].map((r) =>
        cadenceMs(r, limitsOf(r.kind, config), bounds),
      );
      return Math.min(...waits);
    },
    follow(pid) {
      cgroups = pid === undefined ? [] : findCeilings(roots.procDir, roots.cgroupDir, pid);
    },
  };
}
