/** `nsomem status`: how things stand, at a glance. */

import { hostCeiling } from "../core/ceiling-name.ts";
import { groups } from "../core/group.ts";
import { everythingElse, growerName } from "../core/growth.ts";
import { kindWords } from "../core/kind-words.ts";
import { memoryKinds } from "../core/reading.ts";
import type { ActionStatus, BlindStatus, Status } from "../core/status.ts";
import { formatDuration, formatKib } from "../core/units.ts";
import { bar } from "./bar.ts";
import { type Colours, paintLevel } from "./colour.ts";

const actionsShownMax = 6;

/** The page as text of several lines. `nowMs` is for the age of the snapshot. */
export function statusPage(status: Status, colour: Colours, nowMs: number): string {
  const ageMs = nowMs - Date.parse(status.updated);
  const sinceMs = nowMs - Date.parse(status.since);
  const nso = status.nso
    ? `NSO ${status.nso.name} PID ${status.nso.pid}`
    : colour.yellow("NSO is not running");
  const lines = [
    `${colour.bold("nsomem")} ${status.version} is running: PID ${status.pid}, for ${formatDuration(sinceMs)} (since ${status.since})${status.dry_run ? colour.cyan(", dry run") : ""}`,
    `${nso}${status.nso?.conffile ? ` (${status.nso.conffile})` : ""}, vm.overcommit_memory=${status.overcommit_mode}`,
    "",
    ...memoryLines(status, colour),
    "",
    ...processLines(status, colour),
    ...growthLines(status),
    ...actionLines(status.actions, colour),
    ...toolLines(status, colour),
    ...status.problems.map((problem) => colour.red(`problem: ${problem}`)),
  ];
  if (ageMs > staleMs)
    lines.push(
      colour.yellow(`This is ${formatDuration(ageMs)} old: the agent is alive but has not written since.`),
    );
  return lines.join("\n").trimEnd();
}

const staleMs = 3000;

function memoryLines(status: Status, colour: Colours): string[] {
  const { cgroup } = status.unknown ?? {};
  if (status.blind) return blindLines(status.blind, colour);
  const lines = memoryKinds.flatMap((kind) => {
    const memory = status.memory[kind];
    if (!memory) {
      const why = status.unknown?.[kind];
      return [`${kindWords[kind].padEnd(10)} ${why ? `unknown: ${why}` : "not measured yet"}`];
    }
    const ageMs = memory.age_ms ?? 0;
    const age = ageMs > staleMs ? `, measured ${formatDuration(ageMs)} before this was written` : "";
    const paint = (text: string) =>
      memory.enforced ? paintLevel(colour, memory.level, text) : colour.dim(text);
    const use = `${formatKib(memory.used_kib)} of ${formatKib(memory.limit_kib)}`;
    const limits = `warning ${memory.warning_percent} %, critical ${memory.critical_percent} %`;
    const ceiling = memory.ceiling === hostCeiling ? "" : `, ceiling ${memory.ceiling}`;
    const advisory = memory.enforced ? "" : ", advisory: no action";
    const forecast = memory.forecast ? [colour.yellow(`${"".padEnd(10)} ${memory.forecast.text}`)] : [];
    return [
      `${kindWords[kind].padEnd(10)} ${paint(`${bar(memory.percent, 20)} ${memory.percent.toFixed(1).padStart(5)} %  ${memory.level.padEnd(8)}`)}  ${use}  ${colour.dim(`(${limits}${ceiling}${advisory}${age})`)}`,
      ...forecast,
    ];
  });
  if (cgroup)
    lines.push(colour.yellow(`${"cgroup".padEnd(10)} unknown: ${cgroup}; the host's memory is used`));
  return lines;
}

function blindLines({ age_ms, reason, last }: BlindStatus, colour: Colours): string[] {
  const lines = memoryKinds.map((kind) => {
    const known = last[kind];
    const before = known
      ? `it was ${paintLevel(colour, known.level, `${known.level} at ${known.percent.toFixed(1)} %`)} (${known.at})`
      : "it was never measured";
    return `${kindWords[kind].padEnd(10)} not measured for ${formatDuration(age_ms)}; ${before}`;
  });
  return [colour.red(`Memory cannot be measured: ${reason}. No rescue begins until it can.`), ...lines];
}

function processLines({ processes, left_out: leftOut, ...status }: Status, colour: Colours): string[] {
  if (processes.length === 0) return [];
  const nameWidth = Math.max(4, ...processes.map((process) => Math.min(40, process.name.length)));
  const header = `${"".padEnd(10)} ${"name".padEnd(nameWidth)} ${"PID".padStart(8)} ${"RSS".padStart(10)} ${"private".padStart(10)}`;
  const rows = processes.map((process) => {
    const children = process.children?.length ? `  +${process.children.length} children` : "";
    const name = process.name.slice(0, nameWidth).padEnd(nameWidth);
    return `${groups[process.group].label.padEnd(10)} ${name} ${String(process.pid).padStart(8)} ${formatKib(process.rss_kib).padStart(10)} ${formatKib(process.allocated_kib).padStart(10)}${children}`;
  });
  if (leftOut?.processes) rows.push(`and ${leftOut.processes} smaller ones`);
  const ceiling = status.memory.physical?.ceiling ?? hostCeiling;
  const others = status.everything_else_kib ?? undefined;
  if (others !== undefined)
    rows.push(`${everythingElse(ceiling).padEnd(20 + nameWidth)} ${formatKib(others).padStart(10)}`);
  return [colour.dim(header), ...rows, ""];
}

/** Less is what memory does at any time. */
const growthKibMin = 1024;

/** Who grew, at most three. */
function growthLines({ growth }: Status): string[] {
  const grew = (growth ?? []).filter(({ grew_kib }) => grew_kib >= growthKibMin).slice(0, 3);
  if (grew.length === 0) return [];
  const parts = grew.map(
    (one) => `${growerName(one)} by ${formatKib(one.grew_kib)} in ${formatDuration(one.over_seconds * 1000)}`,
  );
  return [`grew most: ${parts.join(", ")}`, ""];
}

function actionLines(actions: readonly ActionStatus[], colour: Colours): string[] {
  if (actions.length === 0) return ["No action was needed so far.", ""];
  const paint = { done: colour.green, running: colour.cyan, skipped: colour.dim } as Record<
    string,
    (text: string) => string
  >;
  const rows = actions.slice(-actionsShownMax).map((action) => {
    const outcome = (paint[action.outcome] ?? colour.red)(action.outcome.padEnd(7));
    return `${action.at.slice(0, 19).replace("T", " ")}  ${kindWords[action.kind]} ${action.level}: ${action.action} ${outcome} ${action.message}`;
  });
  return [...rows, ""];
}

function toolLines({ tool }: Status, colour: Colours): string[] {
  const state = tool.state === "running" ? `running (PID ${tool.pid})` : colour.yellow(tool.state);
  const source = tool.source === "in-process" ? colour.yellow(", the agent measures by itself") : "";
  return [`tool ${state}, ${tool.restarts} restarts, ${tool.malformed_lines} malformed lines${source}`];
}
