/** A line of history: one cell a value, eight heights a row. */

const heights = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

export interface SparkScale {
  /** What fills the line to its top; below it is 0. */
  top: number;
  /** How many rows it is high. */
  rows: number;
}

/** The rows from the top; a value above 0 shows at least the lowest height, what was not measured shows nothing. */
export function spark(values: readonly (number | undefined)[], { top, rows }: SparkScale): string[] {
  const steps = rows * heights.length;
  const levels = values.map((value) => {
    if (value === undefined || Number.isNaN(value)) return undefined;
    const share = top > 0 ? Math.max(0, Math.min(1, value / top)) : 0;
    return Math.max(1, Math.round(share * steps));
  });
  return Array.from({ length: rows }, (_, index) => {
    const below = (rows - 1 - index) * heights.length;
    return levels
      .map((level) => {
        if (level === undefined || level <= below) return " ";
        return heights[Math.min(heights.length, level - below) - 1] ?? " ";
      })
      .join("");
  });
}
