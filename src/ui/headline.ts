/** The first line of `status`: what the operator must know before anything else. */

import { kindWords } from "../core/kind-words.ts";
import { severity } from "../core/level.ts";
import { type MemoryKind, memoryKinds } from "../core/reading.ts";
import type { Rescue } from "../core/rescue.ts";
import { isRecent, type Standing } from "../core/standing.ts";
import type { MemoryStatus, Status } from "../core/status.ts";
import type { Trend } from "../core/trend.ts";
import { formatClock, formatKib, formatRoughly, formatSeconds } from "../core/units.ts";
import { type Colours, paintLevel } from "./colour.ts";
import { aheadMs } from "./memory-rows.ts";

export type Paint = (text: string) => string;

export interface Headline {
  text: string;
  paint: Paint;
}

export function headlineOf(standing: Standing, colour: Colours): Headline {
  const { status, rescue, nowMs, isDumping, agentPid } = standing;
  const loud = (text: string): Headline => ({ text, paint: (line) => colour.bold(colour.red(line)) });
  if (isDumping && rescue) return loud(dumpingText(rescue, nowMs));
  if (agentPid === undefined || !status) return withoutAgent(standing, colour);
  const dry = status.dry_run ? "DRY RUN, " : "";
  if (status.blind)
    return loud(`${dry}NOT MEASURED for ${formatSeconds(status.blind.age_ms)}: no rescue begins`);
  // What is still critical then is what NSO's end has not given back yet.
  if (!status.nso && rescue?.signal && rescue.state === "finished" && isRecent(standing))
    return { ...ofRescue(rescue, colour), text: `${dry}${verdictWords(rescue)}; nsomem waits for it` };
  const worst = worstOf(status);
  if (worst === undefined) return { text: `${dry}memory is not measured yet`, paint: colour.yellow };
  const memory = status.memory[worst];
  if (memory && memory.level !== "normal")
    return {
      text: `${dry}${memory.level.toUpperCase()}: ${kindWords[worst]} memory at ${memory.percent.toFixed(1)} %${aheadClause(memory, standing.trends[worst])}${status.nso ? "" : "; NSO is down"}`,
      paint: (line) => paintLevel(colour, memory.level, line),
    };
  if (!status.nso) return { text: `${dry}NSO IS DOWN; nsomem waits for it`, paint: colour.yellow };
  return { text: `${dry}NORMAL: nsomem watches NSO`, paint: colour.green };
}

function aheadClause(memory: MemoryStatus, trend: Trend | undefined): string {
  const ms = trend && aheadMs(memory, trend);
  if (ms === undefined) return "";
  return `, ${memory.level === "critical" ? "full" : "critical"} in about ${formatRoughly(ms)}`;
}

function ofRescue(rescue: Rescue, colour: Colours): Headline {
  const paint = rescue.verdict === "complete" ? colour.green : colour.red;
  return { text: verdictWords(rescue), paint: (line) => colour.bold(paint(line)) };
}

/** `DUMPING 366 MiB of about 2 GiB, 5 s; do not restart NSO` */
export function dumpingText({ bytesWritten, aboutKib, signal, sinceMs }: Rescue, nowMs: number): string {
  const writtenKib = (bytesWritten ?? 0) / 1024;
  // One that becomes larger than was thought has no such end.
  const of = aboutKib !== undefined && aboutKib > writtenKib ? ` of about ${roundedKib(aboutKib)}` : "";
  const soFar = writtenKib > 0 ? formatKib(writtenKib) : "0 MiB";
  return `DUMPING ${soFar}${of}, ${formatSeconds(nowMs - (signal?.atMs ?? sinceMs))}; do not restart NSO`;
}

/** Two digits: it is a guess. `2 GiB`, `1.4 GiB`, `370 MiB` */
function roundedKib(kib: number): string {
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, kib / 1024))) - 1);
  const mib = Math.round(kib / 1024 / digits) * digits;
  return formatKib(mib * 1024).replace(/\.0 /, " ");
}

/** The kind that is acted on and has the highest level; a kind that is advisory makes no headline. */
function worstOf({ memory }: Status): MemoryKind | undefined {
  return memoryKinds
    .filter((kind) => memory[kind]?.enforced)
    .toSorted((a, b) => severity(memory[b]?.level ?? "normal") - severity(memory[a]?.level ?? "normal"))[0];
}

function withoutAgent(standing: Standing, colour: Colours): Headline {
  const { status, agentPid, rescue, nowMs } = standing;
  if (agentPid !== undefined) return { text: `nsomem is starting (PID ${agentPid})`, paint: colour.yellow };
  if (rescue?.signal && rescue.state === "finished" && isRecent(standing))
    return { ...ofRescue(rescue, colour), text: `${verdictWords(rescue)}; nsomem is not running` };
  const since = status ? `, since ${formatClock(Date.parse(status.updated), nowMs)}` : "";
  return { text: `nsomem is not running${since}`, paint: colour.yellow };
}

/** What became of NSO and of its dump, in capitals. */
export function verdictWords({ verdict }: Pick<Rescue, "verdict">): string {
  switch (verdict) {
    case "complete":
      return "NSO ENDED, its crash dump is COMPLETE";
    case "cut":
      return "NSO ENDED, its crash dump is CUT";
    case "unread":
      return "NSO ENDED, its crash dump COULD NOT BE READ";
    case "missing":
      return "NSO ENDED WITHOUT a crash dump";
    case "survived":
      return "NSO SURVIVED the signal";
    case "withheld":
      return "NSO was LEFT ALONE: no signal was sent";
    case "unwatched":
    case null:
      return "what became of the crash dump is NOT KNOWN yet";
  }
}
