/** `nsomem top`: how things stand and how they came to, in lines of history that can be moved back in time. */

import { groups } from "../core/group.ts";
import { kindWords } from "../core/kind-words.ts";
import type { Level } from "../core/level.ts";
import { type MemoryKind, memoryKinds } from "../core/reading.ts";
import type { HistoryEvent } from "../core/recording.ts";
import type { Standing } from "../core/standing.ts";
import type { Strip, StripCell, Strips } from "../core/strips.ts";
import { formatClock, formatKib, formatUse, percentOf } from "../core/units.ts";
import { type Colours, paintLevel } from "./colour.ts";
import { headlineOf } from "./headline.ts";
import { rateText } from "./memory-rows.ts";
import { agoText } from "./rescue-rows.ts";
import { spark } from "./spark.ts";
import type { Terminal } from "./terminal.ts";
import { cutTo, labelWidth } from "./wrap.ts";

export interface TopInput {
  standing: Standing;
  /** Undefined where there is no history that can be read. */
  strips: Strips | undefined;
  columnMs: number;
  /** Back in time: what stands at the right is of the last column. */
  isPast: boolean;
}

/** Beside a line of history: `93.3 %  841 of 900 MiB`. */
const valueWidth = 26;

/** How many columns of history there is room for. */
export function stripColumns({ columns }: Pick<Terminal, "columns">): number {
  return Math.max(10, columns - labelWidth - valueWidth - 1);
}

/** `rows` lines at most; each is within the terminal. */
export function topPage(input: TopInput, terminal: Terminal, rows: number): string[] {
  const { colour, columns } = terminal;
  const { strips } = input;
  const head = headLines(input, terminal);
  const foot = terminal.isLive ? [colour.dim(columns < 80 ? fewKeysText : keysText)] : [];
  if (!strips) return [...head, "", "There is no history to be drawn yet.", ...foot];
  const memory = memoryKinds.flatMap((kind) => kindLines(kind, input, strips, terminal));
  const room = rows - head.length - memory.length - foot.length - 3;
  const eventRows = Math.min(strips.events.length, Math.max(2, Math.floor(room / 3)));
  const processes = processLines(strips, terminal, room - eventRows);
  const events = eventLines(strips.events.slice(-eventRows), input, terminal);
  const body = [...head, "", ...memory, "", ...processes, "", ...events];
  return [...body.slice(0, rows - foot.length), ...foot];
}

const keysText = "left/right: time   up/down: zoom   PgUp/PgDn, Home, End: now   q: quit";
const fewKeysText = "arrows: time and zoom   End: now   q: quit";

function headLines({ standing, strips, columnMs, isPast }: TopInput, terminal: Terminal): string[] {
  const { colour, columns } = terminal;
  const { nowMs } = standing;
  const { text, paint } = headlineOf(standing, colour);
  const first = paint(cutTo(text, columns - 1));
  if (!strips) return [first];
  const from = formatClock(strips.fromMs, nowMs);
  const isNow = !isPast && standing.agentPid !== undefined;
  const until = isNow ? "now" : agoText(strips.untilMs, nowMs);
  const stretch = `${from} to ${until}; a column is ${columnText(columnMs)}`;
  const word = isPast ? "PAST " : "";
  const line = cutTo(`${word}${stretch}`, columns - 1);
  return [first, isPast ? colour.cyan(line) : colour.dim(line)];
}

function columnText(ms: number): string {
  if (ms < 60_000) return `${ms / 1000} s`;
  return ms < 3_600_000 ? `${ms / 60_000} min` : `${ms / 3_600_000} h`;
}

const highRows: Record<MemoryKind, number> = { physical: 4, allocated: 2 };

/** A kind of memory: its history, and beside it what it is now, or was at the end of the stretch. */
function kindLines(
  kind: MemoryKind,
  { standing, isPast }: TopInput,
  strips: Strips,
  { colour }: Terminal,
): string[] {
  const strip = strips[kind];
  const isNow = !isPast && standing.agentPid !== undefined;
  const now = isNow ? standing.status?.memory[kind] : undefined;
  const limits = standing.status?.memory[kind];
  const cell = now ? { usedKib: now.used_kib, limitKib: now.limit_kib } : strip.findLast(isThere);
  const percents = strip.map((one) => one && (one.usedKib * 100) / one.limitKib);
  const levelAt = (percent: number): Level => {
    if (!limits?.enforced) return "normal";
    if (percent >= limits.critical_percent) return "critical";
    return percent >= limits.warning_percent ? "warning" : "normal";
  };
  // Cut as everywhere: 89.99 % is not 90.
  const percent = cell && percentOf(cell.usedKib, cell.limitKib);
  const level = now?.level ?? levelAt(percent ?? 0);
  const values = [
    cell && percent !== undefined
      ? `${percent.toFixed(1).padStart(5)} %  ${formatUse(cell.usedKib, cell.limitKib)}`
      : "not measured",
    ...(limits?.enforced === false ? ["advisory"] : cell ? [level.toUpperCase()] : []),
    ...(now ? rateLines(rateText(now, standing.trends[kind])) : []),
  ];
  const rows = spark(percents, { top: 100, rows: highRows[kind] });
  return rows.map((row, index) => {
    const label = (index === 0 ? kindWords[kind] : "").padEnd(labelWidth);
    const value = cutTo(values[index] ?? "", valueWidth - 2);
    const painted = limits?.enforced === false ? colour.dim(value) : paintLevel(colour, level, value);
    const line = limits?.enforced === false ? colour.dim(row) : paintCells(row, percents, levelAt, colour);
    return `${label}${line}  ${painted}`.trimEnd();
  });
}

/** `+31.0 MiB/s` and `critical in about 1 s` on lines of their own. */
function rateLines(text: string): string[] {
  return text === "" ? [] : text.split(", ");
}

function isThere(cell: StripCell | undefined): cell is StripCell {
  return cell !== undefined;
}

/** Neighbours of one level in one colour. */
function paintCells(
  row: string,
  percents: Strip<number>,
  levelAt: (percent: number) => Level,
  colour: Colours,
): string {
  const cells = [...row].map((cell, index) => ({ cell, level: levelAt(percents[index] ?? 0) }));
  const runs: { text: string; level: Level }[] = [];
  for (const { cell, level } of cells) {
    const last = runs.at(-1);
    if (last?.level === level) last.text += cell;
    else runs.push({ text: cell, level });
  }
  return runs.map(({ text, level }) => paintLevel(colour, level, text)).join("");
}

/** Who holds memory, the largest of many, each scaled by its own most. */
function processLines({ processes }: Strips, terminal: Terminal, rowsMax: number): string[] {
  const held = processes.map((one) => {
    const known = one.rssKib.filter((kib): kib is number => kib !== undefined);
    return {
      ...one,
      nowKib: one.rssKib.findLast((kib) => kib !== undefined) ?? 0,
      firstKib: known[0] ?? 0,
      known,
    };
  });
  const shown = new Set(held.toSorted((a, b) => b.nowKib - a.nowKib).slice(0, Math.max(1, rowsMax)));
  return held
    .filter((one) => shown.has(one))
    .map(({ group, name, rssKib, known, nowKib, firstKib }) => {
      const label = cutTo(group === "pythonvm" ? name : groups[group].label, labelWidth - 1).padEnd(
        labelWidth,
      );
      const [row = ""] = spark(rssKib, { top: Math.max(...known), rows: 1 });
      const grew = nowKib - firstKib;
      const change = Math.abs(grew) < 1024 ? "" : `  ${grew < 0 ? "-" : "+"}${formatKib(Math.abs(grew))}`;
      return `${label}${terminal.colour.cyan(row)}  ${cutTo(`${formatKib(nowKib).padStart(9)}${change}`, valueWidth - 2)}`.trimEnd();
    });
}

function eventLines(
  events: readonly HistoryEvent[],
  { standing: { nowMs } }: TopInput,
  { colour, columns }: Terminal,
): string[] {
  return events.map(({ atMs, text, level }) => {
    const line = cutTo(`${formatClock(atMs, nowMs)}  ${text}`, columns - 1);
    return level && level !== "normal" ? paintLevel(colour, level, line) : line;
  });
}
