/** One run of the agent, the same for `start` and `watch`: from their options to the graphs of what was measured. */

import type { ArgsDef } from "citty";
import type { AgentSummary } from "../agent/agent.ts";
import { drawRun } from "../agent/draw.ts";
import { type LaunchInput, launch } from "../agent/launch.ts";
import { drawOwedLater, oweGraphs } from "../agent/owed-graphs.ts";
import { isService } from "../linux/sd-notify.ts";
import type { ClosableView } from "./agent-view.ts";
import { type CoreArgs, choiceOf, coreArgs } from "./options.ts";
import type { PreparedSettings, SettingsArgs } from "./settings.ts";

export const runArgs = {
  wait: { type: "boolean", description: "wait for NSO when it is down, and stay when it ends" },
  ...coreArgs,
  "dry-run": { type: "boolean", description: "record what would be done and do nothing" },
} as const satisfies ArgsDef;

export interface RunArgs extends SettingsArgs, CoreArgs {
  wait?: boolean | undefined;
  "dry-run"?: boolean | undefined;
}

/** Who is shown what the agent does, and hears when it has begun. */
export interface Audience {
  view: ClosableView;
  onReady: () => void;
}

export interface AgentRun {
  result: AgentSummary;
  /** What came of the drawing, in a sentence. */
  graphs: string;
}

/**
 * Runs the agent until NSO ends or a signal comes, closes the view and draws. A service waits for NSO in any case: where
 * it ended with NSO, it would be started again each second. Throws NsomemError (exit 4, 5).
 */
export async function runAndDraw(
  args: RunArgs,
  { paths, config, readConfigAgain }: PreparedSettings,
  source: LaunchInput,
  { view, onReady }: Audience,
): Promise<AgentRun> {
  const isOfService = isService(process.env);
  const stop = new AbortController();
  const running = launch({
    paths,
    configuration: { initial: config, readAgain: readConfigAgain },
    nso: { choice: choiceOf(args, config.config.nso), wait: args.wait || isOfService },
    dryRun: args["dry-run"] ?? false,
    input: source,
    view,
    onReady() {
      onReady();
      if (isOfService)
        drawOwedLater(paths, args, { stop: stop.signal, say: (text) => view.say(text, "info") });
    },
  });
  const result = await running.finally(() => {
    stop.abort();
    view.close();
  });
  return { result, graphs: isOfService ? await oweGraphs(result, paths) : await drawRun(result, args) };
}
