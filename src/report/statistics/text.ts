/** Statistics, findings and recommendation for a terminal, without colours. */

import type { Recording } from "../../core/recording.ts";
import { moment } from "../series/zone.ts";
import type { Analysis } from "./analysis.ts";
import { type Measured, nameOf } from "./measured.ts";
import { mainColumns, moreColumns } from "./table.ts";

export interface TextOptions {
  /** All figures, not only those that an operator decides by. */
  verbose: boolean;
  /** Columns of the terminal. */
  width: number;
}

export function statisticsText(
  recording: Recording,
  analysis: Analysis,
  { verbose, width }: TextOptions,
): string {
  const { table, zone, findings, recommendation } = analysis;
  const times = recording.host.atMs;
  const [firstMs, lastMs] = [times[0], times.at(-1)];
  if (firstMs === undefined || lastMs === undefined) return "Nothing was measured between the two times.";
  const span = `${moment(zone, firstMs)} – ${moment(zone, lastMs)} (${zone.name}), ${times.length} ticks`;
  const parts = [span, gridText(mainGrid(table, recording))];
  if (verbose) parts.push(...cut(verboseGrid(analysis, recording), width).map(gridText));
  parts.push(findings.map(({ tone, text }) => `${tone.toUpperCase().padEnd(8)} ${text}`).join("\n"));
  if (recommendation.sentences.length > 0) parts.push(recommendation.sentences.join("\n"));
  const lines = recommendation.commit?.strict.sysctlLines ?? [];
  if (lines.length > 0) parts.push(lines.map((line) => `    ${line}`).join("\n"));
  return parts.join("\n\n");
}

/** A table by its columns, each with its cells from the head down; the first column names the rows. */
type TextGrid = [names: string[], ...columns: string[][]];

/** A row a series. */
function mainGrid(table: readonly Measured[], recording: Recording): TextGrid {
  return [
    ["Series", ...table.map(nameOf)],
    ...mainColumns.map(({ title, cell }) => [title, ...table.map((row) => cell(row, recording).text)]),
  ];
}

/** A row a figure: there are more figures than series. */
function verboseGrid({ table, zone }: Analysis, recording: Recording): TextGrid {
  const figures = [...mainColumns, ...moreColumns];
  const columns = table.map((series) => [
    nameOf(series),
    ...figures.map(({ cell }) => {
      const { text, atMs } = cell(series, recording);
      return atMs === undefined ? text : `${text} ${moment(zone, atMs)}`;
    }),
  ]);
  return [["", ...figures.map(({ title }) => title)], ...columns];
}

/** Cuts a table between columns into tables that fit the width, each with the names. */
function cut([names, ...columns]: TextGrid, width: number): TextGrid[] {
  const grids: TextGrid[] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const column of columns) {
    const own = widthOf(column) + 2;
    if (used + own > width) {
      grids.push([names]);
      used = widthOf(names);
    }
    grids.at(-1)?.push(column);
    used += own;
  }
  return grids;
}

/** Names to the left, the rest to the right. */
function gridText([names, ...columns]: TextGrid): string {
  const nameWidth = widthOf(names);
  const aligned = [
    names.map((text) => text.padEnd(nameWidth)),
    ...columns.map((column) => {
      const width = widthOf(column);
      return column.map((text) => text.padStart(width));
    }),
  ];
  return names
    .map((_, row) =>
      aligned
        .map((column) => column[row])
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function widthOf(column: readonly string[]): number {
  return Math.max(...column.map(({ length }) => length));
}
