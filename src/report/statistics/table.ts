/** The statistics of every series of a recording, and the rows of the tables that show them. */

import type { Recording } from "../../core/recording.ts";
import { formatDuration, formatKib } from "../../core/units.ts";
import type { Series } from "../series/series.ts";
import { processSubjects, type Subjects } from "../series/subject.ts";
import type { Measured } from "./finding.ts";
import { exhaustedInMs, type Statistics, statisticsOf } from "./statistics.ts";

/** Host first, then the processes; RSS before Allocated. Series without samples are left out. */
export function measure(subjects: Subjects): Measured[] {
  const { host } = subjects;
  const wanted: [id: string, label: string, what: string, series: Series][] = [
    ["host", "Host", "MemUsed", host.memUsed],
    ["host", "Host", "Committed_AS", host.committed],
    ["host", "Host", "CommitLimit", host.commitLimit],
    ...processSubjects(subjects).flatMap(
      ({ id, label, rss, allocated }): [string, string, string, Series][] => [
        [id, label, "RSS", rss],
        [id, label, "Allocated", allocated],
      ],
    ),
  ];
  return wanted.flatMap(([id, label, what, series]) => {
    const statistics = statisticsOf(series);
    // The arrays of one series are not to pile up: 18 of 604,800 were 280 MB.
    if (series.kib.length > 100_000) Bun.gc(true);
    return statistics ? [{ id, label, what, statistics }] : [];
  });
}

/** When the limit of a row would be reached at its growth, in ms from the end; undefined when it does not grow. */
export function limitReachedInMs({ what, statistics }: Measured, { host }: Recording): number | undefined {
  const last = (values: Float64Array) => values.at(-1) ?? 0;
  switch (what) {
    case "MemUsed":
    case "RSS":
      return exhaustedInMs(statistics.growth, last(host.memTotalKib) - last(host.memUsedKib));
    case "Committed_AS":
    case "Allocated":
      return exhaustedInMs(statistics.growth, last(host.commitLimitKib) - last(host.committedKib));
    default:
      return undefined;
  }
}

export interface Cell {
  text: string;
  /** When it was, for extremes. */
  atMs?: number;
}

/** A column of the table: what stands above it, and its cell for a row. */
export interface Column {
  title: string;
  cell: (row: Measured, recording: Recording) => Cell;
}

const kib = (title: string, value: (statistics: Statistics) => number): Column => ({
  title,
  cell: ({ statistics }) => ({ text: formatKib(value(statistics)) }),
});
const number = (title: string, value: (statistics: Statistics) => number): Column => ({
  title,
  cell: ({ statistics }) => ({ text: value(statistics).toFixed(3) }),
});

/** What decides: range, middle, growth. */
export const mainColumns: Column[] = [
  {
    title: "Minimum",
    cell: ({ statistics: { minimum } }) => ({ text: formatKib(minimum.valueKib), atMs: minimum.atMs }),
  },
  kib("Median", ({ medianKib }) => medianKib),
  kib("Mean", ({ meanKib }) => meanKib),
  {
    title: "Maximum",
    cell: ({ statistics: { maximum } }) => ({ text: formatKib(maximum.valueKib), atMs: maximum.atMs }),
  },
  kib("Last", ({ last }) => last.valueKib),
  {
    title: "Growth",
    cell: ({ statistics: { growth } }) => ({
      text: growth ? `${signed(growth.kibPerMinute / 1024)} MiB/min` : "–",
    }),
  },
  { title: "r²", cell: ({ statistics: { growth } }) => ({ text: growth ? growth.r2.toFixed(2) : "–" }) },
  {
    title: "Limit reached in",
    cell: (row, recording) => {
      const inMs = limitReachedInMs(row, recording);
      return { text: inMs === undefined ? "–" : inMs === 0 ? "reached" : formatDuration(inMs) };
    },
  },
];

/** The rest of what the original toolset printed with -v. */
export const moreColumns: Column[] = [
  { title: "Samples", cell: ({ statistics: { count } }) => ({ text: String(count) }) },
  kib("Std dev", ({ standardDeviationKib }) => standardDeviationKib),
  kib("Sample std dev", ({ sampleStandardDeviationKib }) => sampleStandardDeviationKib),
  kib("Average dev", ({ averageDeviationKib }) => averageDeviationKib),
  number("Skewness", ({ skewness }) => skewness),
  number("Kurtosis", ({ kurtosis }) => kurtosis),
  { title: "Sum (KiB)", cell: ({ statistics: { sumKib } }) => ({ text: sumKib.toPrecision(6) }) },
  {
    title: "Sum of squares",
    cell: ({ statistics: { sumOfSquares } }) => ({ text: sumOfSquares.toPrecision(6) }),
  },
  kib("Mean error", ({ meanErrorKib }) => meanErrorKib),
  kib("Std dev error", ({ standardDeviationErrorKib }) => standardDeviationErrorKib),
  number("Skewness error", ({ skewnessError }) => skewnessError),
  number("Kurtosis error", ({ kurtosisError }) => kurtosisError),
  kib("Lower quartile", ({ lowerQuartileKib }) => lowerQuartileKib),
  kib("Upper quartile", ({ upperQuartileKib }) => upperQuartileKib),
  { title: "Index of min", cell: ({ statistics: { minimum } }) => ({ text: String(minimum.index) }) },
  { title: "Index of max", cell: ({ statistics: { maximum } }) => ({ text: String(maximum.index) }) },
];

function signed(value: number): string {
  const text = Math.abs(value) < 0.0005 ? "0" : Math.abs(value).toFixed(Math.abs(value) < 0.1 ? 3 : 1);
  return text === "0" ? text : `${value < 0 ? "−" : "+"}${text}`;
}
