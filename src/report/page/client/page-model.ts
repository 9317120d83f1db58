/** What report.html carries for its own code: the words between the binary that writes it and the page that draws it. */

import type { Series } from "../../series/series.ts";

/** A series of the page; `time` is the index of its column of times. */
export interface PageSeries {
  id: string;
  label: string;
  /** A colour slot of the style sheet: `--line-NAME`. */
  slot: string;
  dash?: readonly number[];
  width: number;
  /** Of many Python VMs only the largest are shown until they are asked for. */
  hidden?: boolean;
  time: number;
  /** Values are stored as multiples of this. */
  unitKib: number;
}

export type PageSource = Omit<PageSeries, "time" | "unitKib"> & { series: Series };

export interface PageCeiling {
  /** Index in `series`. */
  series: number;
  warningPercent: number;
  criticalPercent: number;
}

/** One chart: indexes into `series`. */
export interface PageChart {
  id: string;
  title: string;
  note?: string | undefined;
  lines: number[];
  ceiling?: PageCeiling | undefined;
}

export interface PageEvent {
  atMs: number;
  /** A colour slot of the style sheet: `--event-NAME`. */
  slot: "critical" | "warning" | "action" | "nso" | "other";
  label: string;
}

/** The JSON block of the page; the samples themselves stand in a block of their own. */
export interface PageHeader {
  timeZone: string;
  fromMs: number;
  toMs: number;
  times: { count: number; gapMs: number }[];
  series: PageSeries[];
  charts: PageChart[];
  events: PageEvent[];
}
