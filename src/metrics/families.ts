/** Every metric of nsomem. */

import type { Status } from "../core/status.ts";
import { commit, version } from "../core/version.ts";
import { counter, type Family, flag, gauge, stateSet } from "./family.ts";
import { memoryFamilies } from "./memory-families.ts";
import { processFamilies } from "./process-families.ts";
import { rescueFamilies } from "./rescue-families.ts";
import { type Snapshot, statusAgeMs } from "./snapshot.ts";

/** Those of which something is known. While no agent runs, nothing is said of memory: nobody measures it. */
export function familiesOf({ isRunning, status, nowMs }: Snapshot): Family[] {
  const running = isRunning ? status : undefined;
  const families = [
    gauge("nsomem_build_info", "The nsomem that tells this; always 1.", [
      { labels: { version, commit }, value: 1 },
    ]),
    gauge("nsomem_up", "1 while an agent runs.", flag(isRunning)),
    ...(status ? tickFamilies(status, nowMs) : []),
    ...(running ? [...agentFamilies(running), ...memoryFamilies(running), ...processFamilies(running)] : []),
    ...(running ? rescueFamilies(running) : []),
  ];
  return families.filter(({ samples }) => samples.length > 0);
}

/** Also of an agent that ended: since when nobody watches. */
function tickFamilies(status: Status, nowMs: number): Family[] {
  return [
    gauge(
      "nsomem_last_tick_timestamp_seconds",
      "When the agent last wrote its status, in seconds since the epoch.",
      Date.parse(status.updated) / 1000,
    ),
    gauge(
      "nsomem_last_tick_age_seconds",
      "How long ago that was, by the clock of the agent's host.",
      statusAgeMs(status, nowMs) / 1000,
    ),
  ];
}

const toolStates = ["running", "restarting", "stopped"] as const;

function agentFamilies(status: Status): Family[] {
  const { tool, nso, configuration } = status;
  const reload = configuration.last_reload;
  return [
    gauge("nsomem_agent_info", "The running agent; always 1.", [
      { labels: { version: status.version }, value: 1 },
    ]),
    gauge(
      "nsomem_start_time_seconds",
      "When the agent was started, in seconds since the epoch.",
      Date.parse(status.since) / 1000,
    ),
    gauge("nsomem_dry_run", "1 where nothing is done to NSO.", flag(status.dry_run)),
    gauge("nsomem_nso_running", "1 while the NSO core that is watched runs.", flag(nso !== null)),
    gauge("nsomem_problems", "How many things do not work; status names them.", status.problems.length),
    gauge(
      "nsomem_configuration_reload_accepted",
      "0 where the last reload of the configuration was refused.",
      reload ? flag(reload.accepted) : undefined,
    ),
    stateSet("nsomem_tool_state", "The state of the measuring tool.", {
      label: "state",
      of: toolStates,
      now: tool.state,
    }),
    gauge(
      "nsomem_tool_measures",
      "0 while the agent measures by itself, because the tool does not.",
      flag(tool.source === "tool"),
    ),
    counter("nsomem_tool_restarts_total", "Restarts of the measuring tool.", tool.restarts),
    counter(
      "nsomem_tool_malformed_lines_total",
      "Lines of the measuring tool that could not be read.",
      tool.malformed_lines,
    ),
  ];
}
