/** One line of the bench's table, and how the table is printed. */

export interface Figure {
  name: string;
  /** As shown, with its unit. */
  value: string;
  /** What was asked for, as shown; none where there is no bar. */
  bar?: string;
  met?: boolean;
  /** The original toolset's, as its measurement elsewhere gave it. */
  original?: string;
}

/** A figure with an upper bar, in the same unit. */
export function atMost(name: string, value: number, max: number, unit: string, original?: string): Figure {
  const shown = (number: number) => `${number.toFixed(number < 10 ? 2 : 0)} ${unit}`;
  return {
    name,
    value: shown(value),
    bar: `≤ ${max} ${unit}`,
    met: value <= max,
    ...(original === undefined ? {} : { original }),
  };
}

/** The table as text: name, figure, bar, verdict, the original's figure. */
export function table(figures: readonly Figure[]): string {
  const rows = [
    ["", "measured", "bar", "", "original toolset (measured elsewhere)"],
    ...figures.map(({ name, value, bar = "", met, original = "" }) => [
      name,
      value,
      bar,
      met === undefined ? "" : met ? "ok" : "MISS",
      original,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The value that `fraction` of the sorted values are at or below (nearest rank). */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? Number.NaN;
}
