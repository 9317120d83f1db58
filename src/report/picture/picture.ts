/** A picture as data: its lines, its limit, its marks and the time that it covers. */

import type { Limits } from "../../core/level.ts";
import type { HistoryEvent } from "../../core/recording.ts";
import type { Series } from "../series/series.ts";
import type { Stroke } from "./palette.ts";

export interface Line {
  label: string;
  series: Series;
  stroke: Stroke;
}

/** A line that must not be reached, with the percentages of it where levels begin. */
export interface LimitLine extends Line {
  limits: Limits;
}

export interface Picture {
  /** Below graphs/, without extension: `ncs.smp/mem_ncs.smp`. Source: facts 1.1. */
  file: string;
  title: string;
  /** Written under the title, such as that the limit does not bind. */
  note?: string | undefined;
  limit?: LimitLine | undefined;
  lines: Line[];
  events: readonly HistoryEvent[];
  /** The times of the host: in their gaps nothing was measured at all. */
  measured: Series;
  fromMs: number;
  toMs: number;
}
