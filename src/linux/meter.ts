/** The agent's own measurement: before an irreversible action, and of everything while the tool is away. */

import { allocatedReading, type Ceiling, hostCeilingOf, physicalReading } from "../core/ceiling.ts";
import type { Clock } from "../core/clock.ts";
import { type Config, limitsOf } from "../core/config.ts";
import { cadenceMs, type Grown } from "../core/level.ts";
import { allocatedUnknown, type Meminfo } from "../core/meminfo.ts";
import type { Reading } from "../core/reading.ts";
import { isEnforced } from "../core/rule.ts";
import { createCeilings } from "./ceilings.ts";
import { type CgroupDir, filesOf, isLimited } from "./cgroup.ts";
import { fileHolder } from "./held-files.ts";
import { meminfoPath, readMeminfo } from "./meminfo.ts";
import {
  overcommitPath,
  type ProcessIdentity,
  pathsOfProcess,
  pathsOfTime,
  readOvercommitMode,
} from "./procfs.ts";
import type { Roots } from "./roots.ts";

/** One measurement of both memory kinds, and the snapshot it was computed from. */
export interface Measurement {
  meminfo: Meminfo;
  readings: {
    physical: Reading;
    /** Undefined where the kernel does not say what is allocated. */
    allocated: Reading | undefined;
  };
  /** Of physical memory: the host first. */
  ceilings: Ceiling[];
  /** The names of all ceilings that were looked at, those without a limit now too. */
  seen: string[];
}

/** What cannot be measured here, and why, in words. */
export interface Unknown {
  /** Nothing can be measured. */
  physical?: string | undefined;
  allocated?: string | undefined;
  /** The host's limit is used instead. */
  cgroup?: string | undefined;
}

/** Two measurements, and how many ms there were between them. */
export interface SeenGrowth {
  from: Measurement;
  to: Measurement;
  ms: number;
}

export interface Meter {
  measure(config: Config): Measurement;
  unknown(): Unknown;
  /** Milliseconds until the next measurement is due, by the level and by the growth that was seen last. */
  waitMs(measurement: Measurement, config: Config, seen?: SeenGrowth): number;
  /** From now on measures the cgroups above this core; none for undefined. */
  follow(core: ProcessIdentity | undefined): void;
}

/** `holds`: what is read here, and what says that the core is alive, is kept open. For the one meter of a running agent. */
export function createMeter(roots: Roots, { wallMs, monotonicMs }: Clock, { holds = false } = {}): Meter {
  const files = holds ? fileHolder() : undefined;
  let core: ProcessIdentity | undefined;
  const hold = (dirs: readonly CgroupDir[]) => files?.hold(filesToHold(roots, core, dirs));
  const cgroups = createCeilings(roots, monotonicMs, hold);
  /** Where the commit limit is not in force nothing fails at it, and many hosts live beside it: no reason to hurry. */
  const binds = ({ kind }: Reading, config: Config) =>
    kind === "physical" || isEnforced(kind, config, readOvercommitMode(roots.procDir));
  return {
    measure(config) {
      const meminfo = readMeminfo(roots.procDir);
      const atMs = wallMs();
      const { ceilings, seen } = cgroups.measure();
      const { basis } = config.physical;
      const host = hostCeilingOf(meminfo, basis);
      const limits = limitsOf("physical", config);
      const physical = physicalReading(meminfo, ceilings, { limits, basis, atMs });
      const allocated = allocatedReading(meminfo, limitsOf("allocated", config), atMs);
      return {
        meminfo,
        readings: { physical, allocated },
        ceilings: [host, ...ceilings],
        seen: [host.name, ...seen],
      };
    },
    unknown: () => ({ allocated: allocatedUnknown(readMeminfo(roots.procDir)), cgroup: cgroups.unknown() }),
    waitMs({ readings }, config, growth) {
      const bounds = { minMs: config.tool.interval_min, maxMs: config.tool.interval_max };
      const waits = [readings.physical, readings.allocated].flatMap((r) => {
        if (!r) return [];
        const ms = cadenceMs(r, limitsOf(r.kind, config), bounds, growth && grownOf(r, growth));
        return ms === bounds.maxMs || binds(r, config) ? [ms] : [];
      });
      return Math.min(bounds.maxMs, ...waits);
    },
    follow(followed) {
      core = followed;
      hold([]);
      cgroups.follow(followed);
    },
  };
}

/** The most important first. */
function filesToHold(
  { procDir }: Roots,
  core: ProcessIdentity | undefined,
  dirs: readonly CgroupDir[],
): string[] {
  const ofCore = core ? pathsOfProcess(procDir, core.pid) : [];
  const limited = dirs.filter(isLimited).map(filesOf);
  const others = dirs.filter((dir) => !isLimited(dir)).map(filesOf);
  const ofCgroups = [
    ...limited.flatMap(({ limits, use }) => [...limits, ...use]),
    ...others.flatMap((f) => f.limits),
  ];
  return [meminfoPath(procDir), ...ofCore, overcommitPath(procDir), ...pathsOfTime(procDir), ...ofCgroups];
}

/** Undefined where it was measured against something else. */
function grownOf({ kind, ceiling, limitKib }: Reading, { from, to, ms }: SeenGrowth): Grown | undefined {
  const [before, after] = [from.readings[kind], to.readings[kind]];
  const isSame = [before, after].every((one) => one?.ceiling === ceiling && one.limitKib === limitKib);
  return before && after && isSame ? { kib: after.usedKib - before.usedKib, ms } : undefined;
}
