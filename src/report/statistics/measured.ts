/** The statistics of every series of a recording, and when each would reach its limit. */

import type { HostSeries, KibColumn, Recording } from "../../core/recording.ts";
import { lifeFrom } from "../series/rise.ts";
import type { Series } from "../series/series.ts";
import { processSubjects, type Subjects } from "../series/subject.ts";
import { type Statistics, statisticsOf } from "./statistics.ts";
import { exhaustedInMs } from "./trend.ts";

/** One series and its statistics: a row of the table. */
export interface Measured {
  id: string;
  label: string;
  what: string;
  statistics: Statistics;
}

/** Host first, then the processes; RSS before Allocated. Series without samples are left out. */
export function measure(subjects: Subjects): Measured[] {
  const { host } = subjects;
  const wanted: [id: string, label: string, what: string, series: Series, growthFromMs?: number][] = [
    ["host", "Host", "MemUsed", host.memUsed],
    ["host", "Host", "Committed_AS", host.committed],
    ["host", "Host", "CommitLimit", host.commitLimit],
    ...processSubjects(subjects).flatMap((subject): [string, string, string, Series, number][] => {
      const { id, label, rss, allocated } = subject;
      const fromMs = lifeFrom(subject, Number.POSITIVE_INFINITY);
      return [
        [id, label, "RSS", rss, fromMs],
        [id, label, "Allocated", allocated, fromMs],
      ];
    }),
  ];
  return wanted.flatMap(([id, label, what, series, growthFromMs]) => {
    const statistics = statisticsOf(series, growthFromMs);
    // Otherwise the arrays of the series pile up: those of 18 with 604,800 samples each were 280 MB.
    if (series.kib.length > 100_000) Bun.gc(true);
    return statistics ? [{ id, label, what, statistics }] : [];
  });
}

/** When the limit of a row would be reached at its growth, in ms from the end; undefined when it does not grow. */
export function limitReachedInMs({ what, statistics }: Measured, { host }: Recording): number | undefined {
  const headroomKib = headroomOf(what, host);
  return headroomKib === undefined ? undefined : exhaustedInMs(statistics.growth, headroomKib);
}

/** What the limit of a row leaves at the end; undefined for what has no limit, and where no limit was measured. */
function headroomOf(what: string, host: HostSeries): number | undefined {
  switch (what) {
    case "MemUsed":
    case "RSS":
      return leftAtEnd(host.memTotalKib, host.memUsedKib);
    case "Committed_AS":
    case "Allocated":
      return leftAtEnd(host.commitLimitKib, host.committedKib);
    default:
      return undefined;
  }
}

function leftAtEnd(limits: KibColumn, used: KibColumn): number | undefined {
  const limitKib = limits.at(-1);
  const usedKib = used.at(-1);
  return limitKib === undefined || usedKib === undefined ? undefined : limitKib - usedKib;
}

/** As people read it. In JSON the private writable memory of a process keeps its inherited name. */
export function nameOf({ label, what }: Pick<Measured, "label" | "what">): string {
  return `${label} ${what === "Allocated" ? "private" : what}`;
}
