/** What a panel of the dashboard shows, before it is Grafana's JSON. */

export interface Panel {
  title: string;
  description?: string;
  kind: "table" | "timeseries" | "stat";
  /** As Grafana names it. */
  unit: "bytes" | "percentunit" | "s" | "short" | "none";
  queries: Query[];
  /** Of 24. */
  width: number;
  height: number;
  isStacked?: boolean;
  /** A stat that says its legend, and no number. */
  isNamed?: boolean;
  /** What stands for numbers: 2 → "critical". */
  words?: Record<number, { text: string; color: string }>;
  /** From 0 on, the colour from each value on. */
  steps?: { color: string; from: number }[];
}

export interface Query {
  expr: string;
  /** With Grafana's `{{label}}`. */
  legend: string;
}

/** One under the other; each row may be folded. */
export interface Row {
  title: string;
  panels: Panel[];
}
