/** Statistics, findings and recommendation for a terminal, without colours. */

import type { Recording } from "../../core/recording.ts";
import { moment } from "../series/zone.ts";
import type { Analysis } from "./analysis.ts";
import type { Measured } from "./finding.ts";
import { type Column, mainColumns, moreColumns } from "./table.ts";

export interface TextOptions {
  /** All figures, not only those that decide. */
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
  if (table.length === 0) return "Nothing was measured between the two times.";
  const times = recording.host.atMs;
  const span = `${moment(zone, times[0] ?? 0)} – ${moment(zone, times.at(-1) ?? 0)} (${zone.name}), ${times.length} ticks`;
  const parts = [span, grid(mainRows(table, recording))];
  if (verbose) parts.push(...blocks(verboseRows(analysis, recording), width));
  parts.push(findings.map(({ tone, text }) => `${tone.toUpperCase().padEnd(8)} ${text}`).join("\n"));
  if (recommendation.sentences.length > 0) parts.push(recommendation.sentences.join("\n"));
  if (recommendation.commit)
    parts.push(recommendation.commit.sysctlLines.map((line) => `    ${line}`).join("\n"));
  return parts.join("\n\n");
}

/** A row a series. */
function mainRows(table: readonly Measured[], recording: Recording): string[][] {
  const head = ["Series", ...mainColumns.map(({ title }) => title)];
  const rows = table.map((row) => [nameOf(row), ...mainColumns.map(({ cell }) => cell(row, recording).text)]);
  return [head, ...rows];
}

function nameOf({ label, what }: Measured): string {
  return `${label} ${what}`;
}

/** A row a figure: there are more figures than series. */
function verboseRows({ table, zone }: Analysis, recording: Recording): string[][] {
  const row = ({ title, cell }: Column) => [
    title,
    ...table.map((series) => {
      const { text, atMs } = cell(series, recording);
      return atMs === undefined ? text : `${text} ${moment(zone, atMs)}`;
    }),
  ];
  return [["", ...table.map(nameOf)], ...[...mainColumns, ...moreColumns].map(row)];
}

/** Cut between columns into grids that fit the width, each with the first column again. */
function blocks(rows: readonly string[][], width: number): string[] {
  const widths = widthsOf(rows);
  const grids: string[] = [];
  let from = 1;
  while (from < widths.length) {
    let to = from + 1;
    let used = (widths[0] ?? 0) + (widths[from] ?? 0) + 2;
    while (to < widths.length && used + (widths[to] ?? 0) + 2 <= width) used += (widths[to++] ?? 0) + 2;
    grids.push(grid(rows.map((row) => [row[0] ?? "", ...row.slice(from, to)])));
    from = to;
  }
  return grids;
}

/** First column to the left, the others to the right. */
function grid(rows: readonly string[][]): string {
  const widths = widthsOf(rows);
  return rows
    .map((row) =>
      row
        .map((text, column) =>
          column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function widthsOf(rows: readonly string[][]): number[] {
  return (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
}
