/** Keeps the incidents within their quota: soon after the start, and after what was done. */

import type { Config } from "../core/config.ts";
import type { Removal } from "../core/incident-quota.ts";
import type { Levels } from "../core/levels.ts";
import { memoryKinds } from "../core/reading.ts";
import { formatKib } from "../core/units.ts";
import type { Incidents } from "../record/incident.ts";
import { keepQuota } from "../record/incident-keeping.ts";
import type { Journal } from "../record/journal.ts";
import { quotaOf } from "../rescue/debug-dump/dump-room.ts";
import type { Performer } from "../rescue/performer.ts";

export interface IncidentKeeper {
  /** There may be more than before. */
  wish(): void;
  stop(): void;
}

export interface IncidentKeeperOptions {
  incidents: Incidents;
  config: () => Config;
  levels: Pick<Levels, "state">;
  records: Performer["records"];
  journal: Pick<Journal, "say">;
  wallMs: () => number;
  /** Between a wish and the look. */
  afterMs?: number;
}

/** Not in the moment in which something is done. */
const afterMsDefault = 10_000;

export function createIncidentKeeper(options: IncidentKeeperOptions): IncidentKeeper {
  const { incidents, config, levels, records, journal, wallMs, afterMs = afterMsDefault } = options;
  let timer: Timer | undefined;
  const isCritical = () => memoryKinds.some((kind) => levels.state(kind).level === "critical");
  /** Of an episode that is on, and of an action that runs; the last one, since the clock may have been set back. */
  const openIds = () =>
    new Set([
      ...memoryKinds.flatMap((kind) => levels.state(kind).episode?.id ?? []),
      ...records().flatMap(({ incident, outcome }) => (outcome === "running" ? (incident ?? []) : [])),
      ...records()
        .slice(-1)
        .flatMap(({ incident }) => incident ?? []),
    ]);
  const keep = async () => {
    timer = undefined;
    // A disk that writes a crash dump has enough to do.
    if (isCritical()) return wish();
    const open = openIds();
    try {
      const removed = await keepQuota(incidents, {
        ...{ quota: quotaOf(config()), atMs: wallMs() },
        isOpen: (id) => open.has(id),
      });
      if (removed.length > 0) journal.say(describe(removed));
    } catch {
      // The disk does not answer, which its own work says; the next wish tries again.
    }
  };
  const wish = () => {
    timer ??= setTimeout(() => void keep(), afterMs);
  };
  return { wish, stop: () => clearTimeout(timer) };
}

function describe(removed: readonly Removal[]): string {
  const bytes = removed.reduce((sum, one) => sum + one.bytes, 0);
  const whole = removed.filter(({ what }) => what === "incident").length;
  const keys = [...new Set(removed.map(({ because }) => because))].join(", ");
  const what = [
    ...(whole > 0 ? [`${whole} old incidents`] : []),
    ...(removed.length > whole ? [`the dumps of ${removed.length - whole} old incidents`] : []),
  ].join(" and ");
  return `removed ${what} (${formatKib(bytes / 1024)}), to keep [incidents] ${keys}`;
}
