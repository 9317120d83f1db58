/** The last words of a run: what happened and where its files are. */

import { kindWords } from "../core/kind-words.ts";
import { formatTime } from "../core/units.ts";
import type { Paths } from "../record/paths.ts";
import type { AgentRun } from "./agent-run.ts";

export function summary({ result, graphs }: AgentRun, paths: Paths): string {
  const { reason, actions } = result;
  const lines = [reason === "stopped" ? "nsomem was stopped." : "NSO has ended, so nsomem ended too."];
  for (const action of actions) {
    const time = formatTime(action.atMs).slice(0, 19).replace("T", " ");
    lines.push(
      `  ${time}  ${kindWords[action.kind]} ${action.level}: ${action.action} ${action.outcome}: ${action.message}`,
    );
  }
  if (actions.length === 0) lines.push("  No action was needed.");
  lines.push(`Logs: ${paths.logs}   Incidents: ${paths.incidents}`);
  lines.push(graphs);
  return lines.join("\n");
}
