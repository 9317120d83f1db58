/** After a rescue: why NSO ended, the incident, its dump and what that says, and what to do now. */

import { pathLengthMax } from "../core/ceiling-name.ts";
import { hint } from "../core/hint.ts";
import { kindWords } from "../core/kind-words.ts";
import { type NextCommand, nextCommand } from "../core/next-command.ts";
import { isUnfinished, type Rescue } from "../core/rescue.ts";
import { shown } from "../core/shown.ts";
import type { Standing } from "../core/standing.ts";
import { formatClock, formatKib, formatSeconds, formatUse, percentOf } from "../core/units.ts";
import { verdictWords } from "./headline.ts";
import type { Terminal } from "./terminal.ts";
import { besides, commandLines, labelWidth, sentence } from "./wrap.ts";

/** Most telling first; `incidents show` has all of them. */
const wordsShownMax = 2;

export function rescueRows(standing: Standing & { rescue: Rescue }, terminal: Terminal): string[] {
  const { rescue, nowMs, isDumping } = standing;
  const { colour } = terminal;
  return [
    ...sentence("incident", `${rescue.id}, ${agoText(rescue.endedMs, nowMs)}`, terminal),
    ...whyRows(rescue, nowMs, terminal),
    ...(isDumping ? [] : dumpRows(rescue, terminal)),
    ...rescue.words
      .slice(0, wordsShownMax)
      .flatMap((words, index) => sentence(index === 0 ? "it says" : "", words, terminal))
      .map((line) => colour.bold(line)),
  ];
}

export function agoText(atMs: number, nowMs: number): string {
  const clock = formatClock(atMs, nowMs);
  return nowMs - atMs < 60_000
    ? `${clock}, ${formatSeconds(nowMs - atMs)} ago`
    : `${clock}, ${longAgo(nowMs - atMs)}`;
}

/** In one unit: nobody counts the seconds of hours. */
function longAgo(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 90) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} d ago`;
}

function whyRows(rescue: Rescue, nowMs: number, terminal: Terminal): string[] {
  const { kind, critical, signal, grew, state } = rescue;
  const rows: string[] = [];
  if (critical) {
    const { usedKib, limitKib } = critical;
    const memory = kind ? `${kindWords[kind]} memory` : "memory";
    const use = `${percentOf(usedKib, limitKib).toFixed(1)} %, ${formatUse(usedKib, limitKib)}`;
    const sent = signal ? `; SIGUSR1 to NSO (PID ${signal.pid})` : "; no signal was sent";
    rows.push(
      ...sentence(
        "why",
        `${memory} was critical at ${formatClock(critical.atMs, nowMs)} (${use})${sent}`,
        terminal,
      ),
    );
  } else
    rows.push(
      ...sentence("why", kind ? `${kindWords[kind]} memory reached the warning` : rescue.sentence, terminal),
    );
  if (grew !== undefined && state === "finished") rows.push(...sentence("grew", grew, terminal));
  return rows;
}

function dumpRows(rescue: Rescue, terminal: Terminal): string[] {
  const { colour } = terminal;
  const { crashDump, tookMs, verdict, debugDumps } = rescue;
  const rows: string[] = [];
  if (rescue.state !== "watched") {
    const size = crashDump ? `, ${formatKib(crashDump.bytes / 1024)}` : "";
    const took = tookMs === undefined ? "" : ` in ${formatSeconds(tookMs)}`;
    const text = isUnfinished(rescue)
      ? verdictWords({ verdict: null })
      : `${verdict ?? "not known"}${size}${took}`;
    const paint = verdict === "complete" ? colour.green : colour.red;
    rows.push(...sentence("dump", text, terminal).map((line) => paint(line)));
    if (verdict !== "complete" && !isUnfinished(rescue))
      rows.push(...sentence("", rescue.sentence, terminal));
  } else rows.push(...sentence("came of it", rescue.sentence, terminal));
  // On a line of its own and whole, however long: it is to be copied.
  if (crashDump) rows.push(...besides("", labelWidth, [shown(crashDump.path, pathLengthMax)]));
  if (debugDumps > 0)
    rows.push(...sentence("", `${debugDumps} debug dump${debugDumps > 1 ? "s" : ""} before it`, terminal));
  return rows;
}

/** What to do now, and commands on lines of their own, to be pasted. */
export function nextRows(standing: Standing, terminal: Terminal): string[] {
  return nextSteps(standing).flatMap((step, index) => {
    const label = index === 0 ? "next" : "";
    return typeof step === "string" ? sentence(label, step, terminal) : commandRows(label, step, terminal);
  });
}

/** The one command. */
export function nextCommandRows(standing: Standing, terminal: Terminal): string[] {
  return commandRows("next", nextCommand(standing), terminal);
}

function commandRows(label: string, { command, why }: NextCommand, terminal: Terminal): string[] {
  const { colour, columns, wrapColumns } = terminal;
  const lines = commandLines(command, wrapColumns - labelWidth);
  const isBeside = labelWidth + command.length + 3 + why.length < columns;
  if (lines.length === 1 && isBeside)
    return besides(label, labelWidth, [`${colour.bold(command)}   ${colour.dim(why)}`]);
  return [
    ...besides(label, labelWidth, lines.map(colour.bold)),
    ...sentence("", why, terminal).map(colour.dim),
  ];
}

function nextSteps(standing: Standing): (string | NextCommand)[] {
  const { rescue, agentPid, status, unwatched, isDumping } = standing;
  const first = nextCommand(standing);
  if (isDumping || !rescue) return [first];
  const steps: (string | NextCommand)[] = [];
  const [core] = unwatched;
  if (core) steps.push(`NSO runs (${core.name}, PID ${core.pid}), and is not watched from here.`);
  else if (rescue.signal && rescue.state === "finished" && rescue.verdict !== "survived" && !status?.nso)
    steps.push("Start NSO again: it ended with its dump.");
  steps.push(first);
  if (rescue.state === "finished" && agentPid === undefined)
    steps.push({ command: hint("incidents bundle"), why: "to hand the incident in" });
  return steps;
}
