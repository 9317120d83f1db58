/** A recording as the inherited data files, which gnuplot scripts read. */

import { groups } from "../core/group.ts";
import type { HostSeries, KibColumn, ProcessSeries, Recording } from "../core/recording.ts";
import { withFiles } from "../core/vm-file.ts";
import { valueAt } from "./columns.ts";
import { formatDataLine } from "./data-line.ts";
import { rowsAPiece } from "./export.ts";
import { lookedAt, type Row, rowsOf } from "./rows.ts";

/** A data file below the output directory, under its inherited name. */
export interface PlotFile {
  path: string;
  pieces: Iterable<string>;
}

/** Source: facts 1.1. Wall clock of this process's time zone; an absent process has 0 and 0. */
export function plotFilesOf(recording: Recording): PlotFile[] {
  const plotted = recording.processes.map((process, index) => ({ process, index }));
  const python = plotted.filter(({ process }) => process.group === "pythonvm");
  const vmFiles = withFiles(python.map((one) => ({ ...one, name: one.process.name })));
  const files = [
    ...plotted.filter((one) => !python.includes(one)).map((one) => ({ one, file: fileOf(one.process) })),
    ...vmFiles.map(({ vm, file }) => ({ one: vm, file: `${groups.pythonvm.dataDirectory}/${file}` })),
  ].map(({ one, file }) => ({ path: `${file}.log`, pieces: plotLines(recording, [one]) }));
  if (python.length > 0) files.push({ path: "python3/mem_total.log", pieces: plotLines(recording, python) });
  return files;
}

/** Of a group of one: its file has the name of its directory. */
function fileOf({ group }: ProcessSeries): string {
  const { dataDirectory } = groups[group];
  return `${dataDirectory}/mem_${dataDirectory}`;
}

/** A process, and its place among those of the recording. */
interface Plotted {
  process: ProcessSeries;
  index: number;
}

/** Each tick's line with the sum over these processes. */
function* plotLines(recording: Recording, plotted: readonly Plotted[]): Generator<string> {
  let piece = "";
  let lines = 0;
  for (const row of rowsOf(recording)) {
    if (!lookedAt(row, recording.processes)) continue;
    piece += `${plotLine(recording.host, row, plotted)}\n`;
    if (++lines % rowsAPiece !== 0) continue;
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
  const number = (values: KibColumn) => Math.round(valueAt(values, row.host) || 0);
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
