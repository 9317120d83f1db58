/** What happened in a demo, from the agent's own files, and where they are. */

import { existsSync, readFileSync } from "node:fs";
import type { ActionStatus, Status } from "../core/status.ts";
import type { Stage } from "./stage.ts";

/** What the demo promises to show, each with how it is recognised. */
const promises: { what: string; kept: (actions: readonly ActionStatus[]) => boolean }[] = [
  {
    what: "3 debug dumps at warning",
    kept: (actions) => actions.some(({ action, files }) => action === "debug-dump" && files.length === 3),
  },
  {
    what: "a complete crash dump at critical",
    kept: (actions) => actions.some(({ action, outcome }) => action === "crash-dump" && outcome === "done"),
  },
];

/** The promises that `status` does not show as kept. */
export function brokenPromises(status: Status | undefined): string[] {
  const actions = status?.actions ?? [];
  return promises.filter(({ kept }) => !kept(actions)).map(({ what }) => what);
}

/** The last words: the action log, and the files with their places. */
export function account(stage: Stage, status: Status | undefined): string {
  const actions = status?.actions ?? [];
  return [
    "",
    "What happened (action.log):",
    ...readActionLog(stage).map((line) => `  ${line}`),
    "",
    "Files, kept for you to look at:",
    ...actions.flatMap(({ action, files }) => files.map((file) => `  ${action.padEnd(11)} ${file}`)),
    ...(existsSync(`${stage.home}/graphs/report.html`)
      ? [`  report      ${stage.home}/graphs/report.html`]
      : []),
    `  logs        ${stage.home}/logs`,
    `  status      ${stage.home}/status.json`,
    `  settings    ${stage.config}`,
  ].join("\n");
}

function readActionLog({ home }: Stage): string[] {
  try {
    return readFileSync(`${home}/logs/action.log`, "utf8").trimEnd().split("\n");
  } catch {
    return ["(there is none)"];
  }
}
