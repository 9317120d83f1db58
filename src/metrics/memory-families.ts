/** Memory as the agent measured it: used, limit, level, forecast, by kind and by the ceiling that binds. */

import { type Level, severity } from "../core/level.ts";
import { memoryKinds } from "../core/reading.ts";
import { shown } from "../core/shown.ts";
import type { MemoryStatus, Status } from "../core/status.ts";
import { bytes, type Family, flag, gauge, type Sample } from "./family.ts";

/** A cgroup's name holds a path. */
const ceilingLengthMax = 100;

export function memoryFamilies(status: Status): Family[] {
  const kinds = memoryKinds.flatMap((kind) => {
    const memory = status.memory[kind];
    if (!memory) return [];
    return [{ labels: { kind, ceiling: shown(memory.ceiling, ceilingLengthMax) }, memory }];
  });
  /** A sample for each kind of which `value` is known. */
  const each = (value: (memory: MemoryStatus) => number | undefined): Sample[] =>
    kinds.flatMap(({ labels, memory }) => {
      const known = value(memory);
      return known === undefined ? [] : [{ labels, value: known }];
    });
  const thresholds = (["warning", "critical"] as const).flatMap((level) =>
    kinds.map(({ labels, memory }) => ({
      labels: { ...labels, level },
      value: memory[`${level}_percent`] / 100,
    })),
  );
  return [
    gauge(
      "nsomem_memory_used_bytes",
      "Memory used of the binding ceiling.",
      each((of) => bytes(of.used_kib)),
    ),
    gauge(
      "nsomem_memory_limit_bytes",
      "The binding ceiling.",
      each((of) => bytes(of.limit_kib)),
    ),
    gauge("nsomem_memory_threshold_ratio", "Where a level begins, of the ceiling.", thresholds),
    gauge(
      "nsomem_memory_level",
      "0 normal, 1 warning, 2 critical.",
      each((of) => severity(of.level)),
    ),
    gauge(
      "nsomem_memory_enforced",
      "0 where a level leads to no action.",
      each((of) => flag(of.enforced)),
    ),
    gauge(
      "nsomem_memory_reading_age_seconds",
      "How old the reading was when the agent last wrote its status.",
      each(({ age_ms }) => (age_ms === undefined ? undefined : age_ms / 1000)),
    ),
    gauge(
      "nsomem_memory_forecast_critical_seconds",
      "When memory becomes critical if it goes on growing; absent where nothing is foreseen.",
      each(({ forecast }) => forecast?.critical_within_seconds),
    ),
    gauge(
      "nsomem_memory_forecast_growth_bytes_per_second",
      "How fast memory grows, where that becoming critical is foreseen.",
      each(({ forecast }) => (forecast ? bytes(forecast.kib_per_minute) / 60 : undefined)),
    ),
    ...blindFamilies(status),
  ];
}

/** Of older agents it is not known. */
function blindFamilies({ blind }: Status): Family[] {
  const wasLevel = (level: Level | undefined) => (level === undefined ? [] : [severity(level)]);
  const last = memoryKinds.flatMap((kind) =>
    wasLevel(blind?.last[kind]?.level).map((value) => ({ labels: { kind }, value })),
  );
  return [
    gauge(
      "nsomem_blind",
      "1 while memory cannot be measured, so that no rescue begins.",
      blind === undefined ? undefined : flag(blind !== null),
    ),
    gauge(
      "nsomem_blind_last_level",
      "The level as it was last known, while memory cannot be measured.",
      last,
    ),
  ];
}
