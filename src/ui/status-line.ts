/** The live status line: one line at the bottom of the terminal, redrawn in place, log lines scrolling above it. */

import { writeSync } from "node:fs";
import { hostWithoutHugePages } from "../core/ceiling-name.ts";
import { shortForecast } from "../core/forecast-text.ts";
import { groups, processGroups } from "../core/group.ts";
import { type MemoryKind, memoryKinds } from "../core/reading.ts";
import { shown } from "../core/shown.ts";
import type { ActionStatus, BlindStatus, MemoryStatus, Status } from "../core/status.ts";
import { formatKib, formatSeconds } from "../core/units.ts";
import { bar } from "./bar.ts";
import { type Colours, paintLevel } from "./colour.ts";
import { rendered } from "./print.ts";

export interface StatusLine {
  /** A line of the log, above the status line. */
  above(text: string): void;
  draw(status: Status): void;
  /** Erases the line and leaves the terminal as it was. */
  close(): void;
}

const clearLine = "\r\x1b[2K";
const noWrap = "\x1b[?7l";
const wrap = "\x1b[?7h";

/** Draws on standard output, which must be a terminal. `columns` is asked before each drawing. */
export function openStatusLine(colour: Colours, columns: () => number): StatusLine {
  let last: Status | undefined;
  let open = true;
  let drawn = { cells: 0, columns: columns() };
  const redraw = () => {
    if (!last || !open) return;
    const width = columns();
    const line = statusLine(last, { colour, columns: width });
    write(`${noWrap}${erase(width)}${rendered(line)}${wrap}`);
    drawn = { cells: Bun.stringWidth(line), columns: width };
  };
  process.on("SIGWINCH", redraw);
  return {
    above(text) {
      write(`${erase(columns())}${rendered(text)}\n`);
      drawn.cells = 0;
      redraw();
    },
    draw(status) {
      last = status;
      redraw();
    },
    close() {
      open = false;
      process.off("SIGWINCH", redraw);
      write(erase(columns()));
    },
  };

  /** A terminal that became narrower has wrapped the line over several rows; all of them are erased. */
  function erase(width: number): string {
    const rows = width < drawn.columns ? Math.ceil(drawn.cells / Math.max(1, width)) : 1;
    return rows > 1 ? `\x1b[${rows - 1}A\r\x1b[J` : clearLine;
  }
}

/** One line of fewer than `columns` cells; what matters least is left out first. */
export function statusLine(
  status: Status,
  { colour, columns }: { colour: Colours; columns: number },
): string {
  const isNarrow = columns < narrowColumns;
  const enforced = memoryKinds.filter((kind) => status.memory[kind]?.enforced !== false);
  const advisory = memoryKinds.filter((kind) => status.memory[kind]?.enforced === false);
  const kindPart = (kind: MemoryKind) => memoryParts(kind, status, colour, isNarrow);
  const running = status.actions.findLast(({ outcome }) => outcome === "running");
  const parts = [
    ...(status.blind ? [blindPart(status.blind, colour)] : []),
    ...enforced.flatMap(kindPart),
    ...(running ? [colour.cyan(runningText(running, isNarrow))] : []),
    ...(status.dry_run ? [colour.cyan("dry run")] : []),
    ...memoryKinds.flatMap((kind) => {
      const forecast = status.memory[kind]?.forecast;
      return forecast ? [colour.yellow(shortForecast(forecast.critical_within_seconds * 1000))] : [];
    }),
    status.nso ? `NSO ${status.nso.pid}` : colour.yellow("NSO down"),
    ...(status.tool.source === "in-process" ? [colour.yellow("tool away")] : []),
    ...processPart(status),
    ...(running ? [] : lastActionPart(status, colour)),
    ...advisory.flatMap(kindPart),
  ];
  let line = "";
  for (const part of parts) {
    const longer = line === "" ? part : `${line}${colour.dim(" │ ")}${part}`;
    // One cell is left free: a full last column makes some terminals wrap.
    if (Bun.stringWidth(longer) <= columns - 1) line = longer;
    else if (line === "") return Bun.stripANSI(part).slice(0, Math.max(0, columns - 1));
  }
  return line;
}

/** Below this there are no bars: the number says the same. */
const narrowColumns = 60;

const shortNames: Record<MemoryKind, string> = { physical: "mem", allocated: "commit" };

function memoryParts(kind: MemoryKind, status: Status, colour: Colours, isNarrow: boolean): string[] {
  const memory = status.memory[kind];
  if (memory) return [memoryPart(kind, memory, colour, isNarrow)];
  return status.unknown?.[kind] && !status.blind ? [colour.dim(`${shortNames[kind]} unknown`)] : [];
}

function memoryPart(kind: MemoryKind, memory: MemoryStatus, colour: Colours, isNarrow: boolean): string {
  const name = shortNames[kind];
  const value = `${isNarrow ? "" : `${bar(memory.percent, 8)} `}${memory.percent.toFixed(1)}%`;
  if (!memory.enforced) return colour.dim(`${name} ${value} advisory`);
  const level = paintLevel(colour, memory.level, `${value} ${memory.level.toUpperCase()}`);
  // A cgroup's path would take the whole line.
  return `${name} ${level}${memory.ceiling === hostWithoutHugePages ? ` of ${memory.ceiling}` : ""}`;
}

/** `DUMPING: 408 MiB written after 15 s` */
function runningText({ action, message }: ActionStatus, isNarrow: boolean): string {
  const word = action === "crash-dump" ? "DUMPING" : action;
  return shown(isNarrow || message === "" ? word : `${word}: ${message}`, actionLengthMax);
}

function blindPart({ age_ms, last }: BlindStatus, colour: Colours): string {
  const before = last.physical ? `, was ${last.physical.percent.toFixed(1)}% ${last.physical.level}` : "";
  return colour.red(`memory NOT MEASURED for ${formatSeconds(age_ms)}${before}`);
}

function processPart(status: Status): string[] {
  const shown = processGroups.flatMap((group) => {
    const ofGroup = status.processes.filter((process) => process.group === group);
    const rssKib = ofGroup.reduce((sum, process) => sum + process.rss_kib, 0);
    return rssKib > 0 ? [`${groups[group].shortLabel} ${formatKib(rssKib)}`] : [];
  });
  return shown.length > 0 ? [shown.join(" ")] : [];
}

/** An action may be `run:` with a long path. */
const actionLengthMax = 60;

function lastActionPart(status: Status, colour: Colours): string[] {
  const last = status.actions.findLast((action) => action.outcome !== "skipped");
  if (!last) return [];
  const text = shown(`${last.action} ${last.outcome}`, actionLengthMax);
  const bad = last.outcome === "failed" || last.outcome === "partial";
  return [bad ? colour.red(text) : colour.green(text)];
}

/** The codes of this file around text that `rendered` made safe. Straight to the descriptor: process.stdout would buffer what a killed agent then never shows. */
function write(text: string): void {
  try {
    writeSync(1, text);
  } catch {
    // The terminal is gone; the agent goes on.
  }
}
