/** The columns of the tables that show statistics. */

import type { Recording } from "../../core/recording.ts";
import { formatDuration, formatKib } from "../../core/units.ts";
import { limitReachedInMs, type Measured } from "./measured.ts";
import type { Statistics } from "./statistics.ts";

export interface Cell {
  text: string;
  /** When it was, for extremes. */
  atMs?: number;
}

/** A column of the table: its head, and its cell for a row. */
export interface TableColumn {
  title: string;
  cell: (row: Measured, recording: Recording) => Cell;
}

const kib = (title: string, value: (statistics: Statistics) => number): TableColumn => ({
  title,
  cell: ({ statistics }) => ({ text: formatKib(value(statistics)) }),
});
const number = (title: string, value: (statistics: Statistics) => number): TableColumn => ({
  title,
  cell: ({ statistics }) => ({ text: value(statistics).toFixed(3) }),
});

/** What an operator decides by: range, middle, growth. */
export const mainColumns: TableColumn[] = [
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
export const moreColumns: TableColumn[] = [
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
