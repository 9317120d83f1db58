/** The data in report.html: the binary writes it, the page's own code reads it. */

import type { EventColour } from "../../series/event-look.ts";

/** Values over time, as the samples have them; `time` is the index of its column of times. */
export interface PageColumn {
  time: number;
  /** Values are stored as multiples of this. */
  unitKib: number;
}

/** A series of the page: a line or an area of one of its charts. */
export interface PageSeries {
  id: string;
  label: string;
  /** A colour slot of the style sheet: `--line-NAME`. */
  slot: string;
  dash?: readonly number[];
  width: number;
  /** Of many Python VMs only the largest are shown until they are asked for. */
  hidden?: boolean;
  /** Index in `columns`: several series may show the same values. */
  column: number;
}

export interface PageLimit {
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
  /** The lines are areas, each on top of those before it. */
  isStacked?: boolean;
  limit?: PageLimit | undefined;
  /** Limits of cgroups that bound for a while: each a band from nothing up to it. Indexes into `series`. */
  bands?: { series: number; label: string }[];
}

export interface PageEvent {
  atMs: number;
  /** A colour slot of the style sheet: `--event-NAME`. */
  slot: EventColour;
  label: string;
  incident?: string | undefined;
}

/** The JSON block of the page; the samples themselves are in a block of their own. */
export interface PageHeader {
  timeZone: string;
  fromMs: number;
  toMs: number;
  times: { count: number; gapMs: number }[];
  columns: PageColumn[];
  series: PageSeries[];
  charts: PageChart[];
  events: PageEvent[];
}
