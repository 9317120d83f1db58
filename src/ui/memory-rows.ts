/** How full memory is: a kind of it in one row where there is room, with its rate and what comes of it. */

import { hostCeiling } from "../core/ceiling-name.ts";
import { kindWords } from "../core/kind-words.ts";
import { type MemoryKind, memoryKinds } from "../core/reading.ts";
import type { Standing } from "../core/standing.ts";
import type { BlindStatus, MemoryStatus, Status } from "../core/status.ts";
import { type Trend, timeToMs } from "../core/trend.ts";
import { formatClock, formatRate, formatRoughly, formatSeconds, formatUse } from "../core/units.ts";
import { bar } from "./bar.ts";
import { paintLevel } from "./colour.ts";
import type { Terminal } from "./terminal.ts";
import { besides, cutTo, labelWidth, sentence, wrapped } from "./wrap.ts";

/** A reading that is older is said to be. */
export const staleMs = 3000;
/** A guess for longer than this is none. */
const foreseenMsMax = 24 * 3_600_000;

export function memoryRows(standing: Standing & { status: Status }, terminal: Terminal): string[] {
  const { status, nowMs } = standing;
  if (status.blind) return blindRows(status.blind, nowMs, terminal);
  const rows = memoryKinds.flatMap((kind) => {
    const memory = status.memory[kind];
    if (memory) return measuredRows(kind, memory, standing, terminal);
    const why = status.unknown?.[kind];
    return sentence(kindWords[kind], why ? `unknown: ${why}` : "not measured yet", terminal);
  });
  const { cgroup } = status.unknown ?? {};
  if (cgroup === undefined) return rows;
  const text = `unknown: ${cgroup}; the host's memory is used`;
  return [...rows, ...sentence("cgroup", text, terminal).map(terminal.colour.yellow)];
}

function measuredRows(
  kind: MemoryKind,
  memory: MemoryStatus,
  { trends, status }: Standing,
  terminal: Terminal,
): string[] {
  const { colour, columns } = terminal;
  const width = columns < 80 ? 10 : 20;
  const value = `${bar(memory.percent, width)} ${memory.percent.toFixed(1).padStart(5)} %`;
  const use = formatUse(memory.used_kib, memory.limit_kib);
  const word = memory.enforced ? memory.level.toUpperCase() : "advisory";
  const trend = trends[kind];
  const rate = rateText(memory, trend);
  const label = kindWords[kind].padEnd(labelWidth);
  const plain = `${label}${value}  ${word.padEnd(8)}  ${use}`;
  const row = memory.enforced
    ? `${label}${paintLevel(colour, memory.level, `${value}  ${word.padEnd(8)}`)}  ${use}`
    : colour.dim(plain);
  const isBeside = rate !== "" && Bun.stringWidth(`${plain}  ${rate}`) < columns;
  const isTense = memory.enforced && trend !== undefined && aheadMs(memory, trend) !== undefined;
  const paint = isTense ? colour.yellow : colour.dim;
  const notes = [
    ...(isBeside || isTense ? [] : [rate]),
    limitText(kind, memory, { mode: status?.overcommit_mode, columns: terminal.wrapColumns - labelWidth }),
    ...ageNotes(memory),
  ].filter((note) => note !== "");
  return [
    isBeside ? `${row}  ${paint(rate)}` : row,
    ...(isTense && !isBeside ? besides("", labelWidth, [paint(rate)]) : []),
    ...sentence("", notes.join("; "), terminal).map((line) => colour.dim(line)),
    ...(memory.forecast
      ? sentence("", memory.forecast.text, terminal).map((line) => colour.yellow(line))
      : []),
  ];
}

/** With a long interval of measuring. */
function ageNotes({ age_ms: ageMs = 0 }: MemoryStatus): string[] {
  return ageMs > staleMs ? [`measured ${formatSeconds(ageMs)} before this was written`] : [];
}

/** Until it is critical, and then until all is used. */
export function aheadMs(memory: MemoryStatus, trend: Trend): number | undefined {
  const percent = memory.level === "critical" ? 100 : memory.critical_percent;
  const ms = timeToMs(trend, memory.used_kib, (memory.limit_kib * percent) / 100);
  return ms !== undefined && ms <= foreseenMsMax ? ms : undefined;
}

/** `+12.0 MiB/s, critical in about 40 s`; empty where it is not known. */
export function rateText(memory: MemoryStatus, trend: Trend | undefined): string {
  if (!trend) return "";
  if (trend.kibPerSecond === 0) return "steady";
  const ms = aheadMs(memory, trend);
  const what = memory.level === "critical" ? "full" : "critical";
  return `${formatRate(trend.kibPerSecond)}${ms === undefined ? "" : `, ${what} in about ${formatRoughly(ms)}`}`;
}

function limitText(
  kind: MemoryKind,
  memory: MemoryStatus,
  { mode, columns }: { mode: number | undefined; columns: number },
): string {
  if (!memory.enforced) return kind === "allocated" ? `no action: vm.overcommit_memory=${mode}` : "no action";
  const limits = `warning ${memory.warning_percent} %, critical ${memory.critical_percent} %`;
  if (memory.ceiling === hostCeiling) return limits;
  // Of a cgroup the end of its path tells more; all of it is in the JSON.
  const room = Math.max(16, columns - limits.length - " of ".length);
  return `${limits} of ${cutTo(memory.ceiling, room, { keepEnd: true })}`;
}

function blindRows({ age_ms, reason, last }: BlindStatus, nowMs: number, terminal: Terminal): string[] {
  const { colour } = terminal;
  const rows = memoryKinds.flatMap((kind) => {
    const known = last[kind];
    const before = known
      ? `it was ${known.level} at ${known.percent.toFixed(1)} % (${formatClock(Date.parse(known.at), nowMs)})`
      : "it was never measured";
    return sentence(kindWords[kind], `not measured for ${formatSeconds(age_ms)}; ${before}`, terminal);
  });
  const why = wrapped(
    `Memory cannot be measured: ${reason}. No rescue begins until it can.`,
    terminal.wrapColumns,
  );
  return [...why.map((line) => colour.red(line)), ...rows];
}
