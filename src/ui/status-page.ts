/** `nsomem status`: how things stand, at a glance; what matters most comes first. */

import { recordedOnly } from "../core/incident.ts";
import type { Rescue } from "../core/rescue.ts";
import { isRecent, type Standing } from "../core/standing.ts";
import type { ActionStatus, Status } from "../core/status.ts";
import { formatClock, formatSeconds } from "../core/units.ts";
import type { Colours } from "./colour.ts";
import { headlineOf } from "./headline.ts";
import { memoryRows, staleMs } from "./memory-rows.ts";
import { growthRows, processRows } from "./process-rows.ts";
import { agoText, nextRows, rescueRows } from "./rescue-rows.ts";
import type { Terminal } from "./terminal.ts";
import { sentence, wrapped } from "./wrap.ts";

const actionsShownMax = 6;

/** The page as text of several lines, each within the terminal. */
export function statusPage(standing: Standing, terminal: Terminal): string {
  const { text, paint } = headlineOf(standing, terminal.colour);
  const head = wrapped(text, terminal.wrapColumns).map(paint);
  const parts = [...partsOf(standing, terminal), nextRows(standing, terminal)];
  return [head, ...parts]
    .filter((lines) => lines.length > 0)
    .map((lines, index) => (index < 2 ? lines : ["", ...lines]).join("\n"))
    .join("\n")
    .trimEnd();
}

/** Blocks, apart by an empty line; the first one belongs to the headline. */
function partsOf(standing: Standing, terminal: Terminal): string[][] {
  const { status, agentPid } = standing;
  if (agentPid === undefined) return [endedRows(standing, terminal), incidentRows(standing, terminal)];
  if (!status) return [];
  const { colour } = terminal;
  return [
    runRows(standing, status, terminal),
    incidentRows(standing, terminal),
    memoryRows({ ...standing, status }, terminal),
    [...processRows(status, terminal), ...growthRows(status, terminal)],
    actionRows(standing, status, terminal),
    [...toolRows(status, terminal), ...problemRows(standing, status, terminal)].map((line) =>
      colour.yellow(line),
    ),
  ];
}

function runRows({ nowMs }: Standing, status: Status, terminal: Terminal): string[] {
  const { nso, since, pid, version } = status;
  const conffile = nso?.conffile ? `, ${nso.conffile}` : "";
  const sinceMs = Date.parse(since);
  const age = formatSeconds(nowMs - sinceMs);
  const dry = status.dry_run ? "; dry run: it does nothing to NSO" : "";
  const lines = [
    ...(nso ? wrapped(`NSO ${nso.name} (PID ${nso.pid}${conffile})`, terminal.wrapColumns) : []),
    ...wrapped(
      `nsomem ${version} (PID ${pid}) since ${formatClock(sinceMs, nowMs)}, for ${age}${dry}`,
      terminal.wrapColumns,
    ),
  ];
  return lines;
}

/** Of an incident of the last day, or of the last one that an agent which has ended left. */
function incidentRows(standing: Standing, terminal: Terminal): string[] {
  const { rescue, agentPid, isDumping, nowMs } = standing;
  if (!rescue) return [];
  if (isDumping || (isRecent(standing) && rescue.state !== "watched"))
    return rescueRows({ ...standing, rescue }, terminal);
  if (agentPid !== undefined && !isRecent(standing)) return [];
  return sentence("incident", oldText(rescue, nowMs), terminal);
}

function oldText({ id, endedMs, sentence: what }: Rescue, nowMs: number): string {
  const came = what === recordedOnly ? "" : `: ${inWholeSeconds(what)}`;
  return `${id}, ${agoText(endedMs, nowMs)}${came}`;
}

/** How the last agent ended, as far as its document says. */
function endedRows({ status, nowMs, stateDir, rootHasOne }: Standing, terminal: Terminal): string[] {
  const say = (text: string) => wrapped(text, terminal.wrapColumns);
  if (rootHasOne) return say("This user has no agent here; root has one, which only root can see.");
  if (!status) return say(`Nothing was recorded yet in ${stateDir}.`);
  const at = agoText(Date.parse(status.updated), nowMs);
  if (status.running)
    return say(
      `It last wrote at ${at}, and ended without a word (PID ${status.pid}): it was killed, or the host went down.`,
    );
  if (status.nso) return say(`It was stopped at ${at}; NSO was running (PID ${status.nso.pid}).`);
  return say(`It ended at ${at}: NSO had ended.`);
}

function actionRows({ rescue, nowMs, ...standing }: Standing, status: Status, terminal: Terminal): string[] {
  const { colour } = terminal;
  // Those of the incident above are said there.
  const isSaid = isRecent({ ...standing, rescue, nowMs }) && rescue?.state === "finished";
  const actions = status.actions.filter(({ incident }) => !isSaid || incident !== rescue?.id);
  if (actions.length === 0) return isSaid ? [] : ["No action was needed so far."];
  return actions.slice(-actionsShownMax).flatMap((action) => {
    const at = formatClock(Date.parse(action.at), nowMs);
    const text = `${at}  ${action.action} ${action.outcome}${action.message && `: ${inWholeSeconds(action.message)}`}`;
    return wrapped(text, terminal.wrapColumns - 2)
      .map((line, index) => (index === 0 ? line : `  ${line}`))
      .map(paintOf(action, colour));
  });
}

function paintOf({ outcome }: ActionStatus, colour: Colours): (text: string) => string {
  switch (outcome) {
    case "done":
      return (text) => text;
    case "running":
      return colour.cyan;
    case "skipped":
      return colour.dim;
    default:
      return colour.red;
  }
}

/** What the agent wrote with a fraction, for a page that is looked at for a second. */
function inWholeSeconds(message: string): string {
  return message.replace(/\b(\d+\.\d) s\b/g, (_, seconds: string) => formatSeconds(Number(seconds) * 1000));
}

/** Where it runs as it should there is nothing to say. */
function toolRows({ tool }: Status, terminal: Terminal): string[] {
  const odd = [
    ...(tool.state === "running" ? [] : [tool.state]),
    ...(tool.restarts > 0 ? [`${tool.restarts} restarts`] : []),
    ...(tool.malformed_lines > 0 ? [`${tool.malformed_lines} malformed lines`] : []),
    ...(tool.source === "in-process" ? ["the agent measures by itself"] : []),
  ];
  return odd.length === 0 ? [] : wrapped(`measuring tool: ${odd.join(", ")}`, terminal.wrapColumns);
}

function problemRows({ nowMs }: Standing, status: Status, terminal: Terminal): string[] {
  const ageMs = nowMs - Date.parse(status.updated);
  const stale =
    ageMs > staleMs
      ? [`This is ${formatSeconds(ageMs)} old: the agent is alive but has not written since.`]
      : [];
  const problems = status.problems.map((problem) => `problem: ${problem}`);
  return [...problems, ...stale].flatMap((text) => wrapped(text, terminal.wrapColumns));
}
