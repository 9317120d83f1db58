/**
 * A recording as text for other programs: CSV, JSON, and the inherited data files that gnuplot scripts read.
 *
 * Own code: a library for CSV would quote the texts, which is one line here, but neither join the series nor keep a
 * name from being taken for a formula.
 */

import type { HostSeries, ProcessSeries, Recording } from "../core/recording.ts";
import { formatTime } from "../core/units.ts";
import { valueAt } from "./columns.ts";
import { formatDataLine } from "./data-line.ts";
import { lookedAt, type Row, rowsOf } from "./rows.ts";

/** Pieces of this many rows: a week is not held as one text. */
const rowsAPiece = 2_000;

/**
 * One row a tick: time, four host values, two a process, and what happened since the tick before. Memory in KiB;
 * empty where nothing was measured. RFC 4180 with newlines of Unix.
 */
export function* csvOf(recording: Recording): Generator<string> {
  const { host, processes, events } = recording;
  const columns = processes.flatMap(({ name }) => [`${name} RSS`, `${name} Allocated`]);
  const head = ["time", "MemUsed", "MemTotal", "Committed_AS", "CommitLimit", ...columns, "events"];
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
      quoted(texts.join("; ")),
    ];
    piece += `${cells.join(",")}\n`;
    if (++rows % rowsAPiece !== 0) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

function cell(values: Float64Array, index: number | undefined): string {
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
  const { host, processes, events, runs, sinceMs, untilMs } = recording;
  const about = { schema: 1, since: formatTime(sinceMs), until: formatTime(untilMs), runs, events };
  yield `${JSON.stringify(about).slice(0, -1)},\n"host":`;
  yield* tableOf(
    ["at_ms", "mem_used_kib", "mem_total_kib", "committed_kib", "commit_limit_kib"],
    [host.atMs, host.memUsedKib, host.memTotalKib, host.committedKib, host.commitLimitKib],
  );
  yield `,\n"processes":[`;
  for (const [index, process] of processes.entries()) {
    const { group, name, pids, childrenPeak } = process;
    const described = JSON.stringify({ group, name, pids, children_peak: childrenPeak ?? null }).slice(0, -1);
    yield `${index > 0 ? "," : ""}\n${described},"samples":`;
    yield* tableOf(
      ["at_ms", "rss_kib", "allocated_kib"],
      [process.atMs, process.rssKib, process.allocatedKib],
    );
    yield "}";
  }
  yield "]}\n";
}

function* tableOf(
  names: readonly string[],
  [times, ...values]: readonly [times: Float64Array, ...values: Float64Array[]],
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

/** A data file below the output directory, under its inherited name. */
export interface PlotFile {
  path: string;
  pieces: Iterable<string>;
}

/** Source: facts 1.1. Wall clock of this process's time zone; an absent process has 0 and 0. */
export function plotFilesOf(recording: Recording): PlotFile[] {
  const plotted = recording.processes.map((process, index) => ({ process, index }));
  const files = plotted.map((one) => ({ path: pathOf(one.process), pieces: plotLines(recording, [one]) }));
  const python = plotted.filter(({ process }) => process.group === "pythonvm");
  if (python.length > 0) files.push({ path: "python3/mem_total.log", pieces: plotLines(recording, python) });
  return files;
}

function pathOf({ group, name }: ProcessSeries): string {
  switch (group) {
    case "core":
      return "ncs.smp/mem_ncs.smp.log";
    case "javavm":
      return "NcsJVMLauncher/mem_NcsJVMLauncher.log";
    case "pythonvm":
      return `python3/mem_${name.replace(/[^A-Za-z0-9._+@-]/g, "_")}.log`;
  }
}

/** A process, and its place among those of the recording. */
interface Plotted {
  process: ProcessSeries;
  index: number;
}

/** Each tick's line with the sum over these processes. */
function* plotLines(recording: Recording, plotted: readonly Plotted[]): Generator<string> {
  let piece = "";
  let rows = 0;
  for (const row of rowsOf(recording)) {
    if (!lookedAt(row, recording.processes)) continue;
    piece += `${plotLine(recording.host, row, plotted)}\n`;
    if (++rows % rowsAPiece !== 0) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

function plotLine(host: HostSeries, row: Row, plotted: readonly Plotted[]): string {
  const sampled = plotted.flatMap(({ process, index }) => {
    const sample = row.samples[index];
    return sample === undefined ? [] : [{ process, sample }];
  });
  const sum = (column: "rssKib" | "allocatedKib") =>
    sampled.reduce((total, { process, sample }) => total + valueAt(process[column], sample), 0);
  const at = new Date(row.atMs);
  const number = (values: Float64Array) => Math.round(valueAt(values, row.host) || 0);
  return formatDataLine({
    clockSeconds: at.getHours() * 3600 + at.getMinutes() * 60 + at.getSeconds(),
    rssKib: sum("rssKib"),
    allocatedKib: sum("allocatedKib"),
    committedKib: number(host.committedKib),
    commitLimitKib: number(host.commitLimitKib),
    memUsedKib: number(host.memUsedKib),
    memTotalKib: number(host.memTotalKib),
    // A total is no process's.
    pid: plotted.length === 1 ? sampled[0]?.process.pids.at(-1) : undefined,
  });
}
