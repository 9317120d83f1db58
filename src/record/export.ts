/**
 * A recording as text for other programs: CSV and JSON.
 *
 * Own code: a library for CSV would replace the two lines of `quoted`; the rest joins series into rows.
 */

import type { CeilingSeries, KibColumn, Recording } from "../core/recording.ts";
import { shownJson } from "../core/shown.ts";
import { formatTime } from "../core/units.ts";
import { timeAt, valueAt } from "./columns.ts";
import { rowsOf } from "./rows.ts";

/** Pieces of this many rows: a week is not held as one text. */
export const rowsAPiece = 2_000;

/**
 * One row a tick: time, four host values, two a process, and what happened since the tick before. Memory in KiB;
 * empty where nothing was measured. RFC 4180 with newlines of Unix.
 */
export function* csvOf(recording: Recording): Generator<string> {
  const { host, processes, events, ceilings = [] } = recording;
  const columns = processes.flatMap(({ name }) => [`${name} RSS`, `${name} Allocated`]);
  const limits = ceilings.flatMap(({ name }) => [`${name} used`, `${name} limit`]);
  const head = [
    "time",
    "MemUsed",
    "MemTotal",
    "Committed_AS",
    "CommitLimit",
    ...columns,
    ...limits,
    "events",
  ];
  const ceilingCells = ceilings.map(ceilingCellsOf);
  let piece = `${head.map(quoted).join(",")}\n`;
  let rows = 0;
  let next = 0;
  for (const row of rowsOf(recording)) {
    const texts: string[] = [];
    for (let event = events[next]; event && event.atMs <= row.atMs; event = events[++next])
      texts.push(event.text);
    const cells = [
      formatTime(row.atMs),
      ...[host.memUsedKib, host.memTotalKib, host.committedKib, host.commitLimitKib].map((values) =>
        cell(values, row.host),
      ),
      ...processes.flatMap(({ rssKib, allocatedKib }, index) => [
        cell(rssKib, row.samples[index]),
        cell(allocatedKib, row.samples[index]),
      ]),
      ...ceilingCells.flatMap((cellsAt) => cellsAt(row.atMs)),
      quoted(texts.join("; ")),
    ];
    piece += `${cells.join(",")}\n`;
    if (++rows % rowsAPiece !== 0) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

/** Used and limit at a time that is asked for in order; empty where this ceiling did not bind. */
function ceilingCellsOf({ atMs: times, usedKib, limitKib }: CeilingSeries): (atMs: number) => string[] {
  let next = 0;
  return (atMs) => {
    while (timeAt(times, next) < atMs) next++;
    const index = timeAt(times, next) === atMs ? next : undefined;
    return [cell(usedKib, index), cell(limitKib, index)];
  };
}

function cell(values: KibColumn, index: number | undefined): string {
  const value = index === undefined ? Number.NaN : valueAt(values, index);
  return Number.isNaN(value) ? "" : String(Math.round(value));
}

/** Also against spreadsheets that take a name beginning with = or @ for a formula. */
function quoted(text: string): string {
  const safe = /^[=+@\t-]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One document; rows are arrays in the order of `columns`, times in ms since 1970. */
export function* jsonOf(recording: Recording): Generator<string> {
  const { host, processes, events, runs, sinceMs, untilMs, ceilings = [] } = recording;
  const about = { schema: 1, since: formatTime(sinceMs), until: formatTime(untilMs), runs, events };
  yield `${shownJson(about).slice(0, -1)},\n"host":`;
  yield* tableOf(
    ["at_ms", "mem_used_kib", "mem_total_kib", "committed_kib", "commit_limit_kib"],
    [host.atMs, host.memUsedKib, host.memTotalKib, host.committedKib, host.commitLimitKib],
  );
  yield `,\n"processes":[`;
  for (const [index, process] of processes.entries()) {
    const { group, name, pids, childrenPeak } = process;
    const described = shownJson({ group, name, pids, children_peak: childrenPeak ?? null }).slice(0, -1);
    yield `${index > 0 ? "," : ""}\n${described},"samples":`;
    yield* tableOf(
      ["at_ms", "rss_kib", "allocated_kib"],
      [process.atMs, process.rssKib, process.allocatedKib],
    );
    yield "}";
  }
  yield "]";
  yield* ceilingsJson(ceilings);
  yield "}\n";
}

function* ceilingsJson(ceilings: readonly CeilingSeries[]): Generator<string> {
  yield `,\n"ceilings":[`;
  for (const [index, { name, atMs, usedKib, limitKib }] of ceilings.entries()) {
    yield `${index > 0 ? "," : ""}\n${shownJson({ name }).slice(0, -1)},"samples":`;
    yield* tableOf(["at_ms", "used_kib", "limit_kib"], [atMs, usedKib, limitKib]);
    yield "}";
  }
  yield "]";
}

function* tableOf(
  names: readonly string[],
  [times, ...values]: readonly [times: Float64Array, ...values: KibColumn[]],
): Generator<string> {
  const rows = times.length;
  const columns = [times, ...values];
  yield `{"columns":${JSON.stringify(names)},"rows":[`;
  for (let from = 0; from < rows; from += rowsAPiece) {
    const piece = Array.from({ length: Math.min(rowsAPiece, rows - from) }, (_, offset) =>
      // NaN, where a log had one kind of memory alone, is null in JSON.
      JSON.stringify(columns.map((column) => column[from + offset])),
    );
    yield (from > 0 ? "," : "") + piece.join(",");
  }
  yield "]}";
}
