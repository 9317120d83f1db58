/** What old files hold as one recording, to be drawn. */

import { NsomemError } from "../core/errors.ts";
import { byGroup } from "../core/group.ts";
import { hint } from "../core/hint.ts";
import type { ProcessSample } from "../core/reading.ts";
import type { HistoryEvent, ProcessSeries, Recording } from "../core/recording.ts";
import { type Columns, growingColumns } from "./columns.ts";
import type { OldFiles } from "./import.ts";
import { hostColumns, processColumns } from "./series-columns.ts";

/** 13 weeks at one a second: 320 MB of columns for the host, and 190 MB for each process. */
const ticksMax = 8_000_000;

/** Reads to the end. Throws NsomemError IMPORT for too many rows to be held in memory. */
export function recordingOf({ rows, meta }: Pick<OldFiles, "rows" | "meta">): Recording {
  const host = growingColumns(hostColumns);
  const processes = processColumnsOf();
  const events: HistoryEvent[] = [];
  let ticks = 0;
  for (const { host: tick, samples, event } of rows) {
    if (event) events.push(event);
    for (const sample of samples) processes.add(sample);
    if (!tick) continue;
    if (++ticks > ticksMax)
      throw new NsomemError(
        "IMPORT",
        `the files have more than ${ticksMax} ticks; import them, and draw a part: ${hint("import FILE")}`,
      );
    host.push([tick.atMs, tick.memUsedKib, tick.memTotalKib, tick.committedKib, tick.commitLimitKib]);
  }
  const series = host.finish();
  const firstMs = series.atMs[0] ?? 0;
  return {
    sinceMs: firstMs,
    untilMs: (series.atMs.at(-1) ?? firstMs) + 1,
    host: series,
    processes: processes.finish(),
    events,
    runs: [{ startedMs: firstMs, meta: meta() }],
  };
}

function processColumnsOf() {
  const known = new Map<string, ProcessColumns>();
  return {
    add(sample: ProcessSample): void {
      const { group, name, pid, atMs, rssKib, allocatedKib } = sample;
      const key = `${group} ${name}`;
      const process = known.get(key) ?? {
        ...{ sample, pids: new Set<number>(), lastMs: Number.NEGATIVE_INFINITY },
        columns: growingColumns(processColumns),
      };
      known.set(key, process);
      if (atMs <= process.lastMs) return;
      process.lastMs = atMs;
      // Files of the original toolset name none.
      if (pid !== 0) process.pids.add(pid);
      process.columns.push([atMs, rssKib, allocatedKib]);
    },
    finish: (): ProcessSeries[] =>
      [...known.values()]
        .map(({ sample: { group, name }, pids, columns }) => ({
          ...{ group, name, pids: [...pids] },
          ...columns.finish(),
        }))
        .sort(byGroup),
  };
}

interface ProcessColumns {
  /** The first of them, for its group and name. */
  sample: ProcessSample;
  pids: Set<number>;
  lastMs: number;
  columns: Columns<typeof processColumns>;
}
