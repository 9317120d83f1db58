/** `nsomem start`: an agent with a measuring tool of its own, in the foreground or as a daemon. */

import { defineCommand } from "citty";
import { daemonReport, startDaemon } from "../agent/daemon.ts";
import type { LaunchInput } from "../agent/launch.ts";
import { embeddedTool } from "../agent/sources/embedded-tool.ts";
import { foreignTool } from "../agent/sources/foreign-tool.ts";
import { exitCodes } from "../core/errors.ts";
import { formatTime } from "../core/units.ts";
import { wallMs } from "../linux/host-clock.ts";
import { reexecuteClamped } from "../linux/self.ts";
import { print } from "../ui/print.ts";
import { runAndDraw, runArgs } from "./agent-run.ts";
import { foregroundView, silentView } from "./agent-view.ts";
import { configArg, homeArgs } from "./options.ts";
import { type PreparedSettings, preparedSettings, type SettingsArgs, settings } from "./settings.ts";
import { summary } from "./summary.ts";

export default defineCommand({
  meta: { name: "start", description: "Watch NSO's memory and rescue its evidence" },
  args: {
    daemon: { type: "boolean", description: "run in the background; return when the first reading is taken" },
    ...runArgs,
    tool: {
      type: "string",
      valueHint: "DIR",
      description: "measure with DIR/plot.sh instead of nsomem's own",
    },
    ...homeArgs("keep all files below DIR: state, logs, status; nsomem.toml is read there too"),
    ...configArg,
  },
  async run({ args, rawArgs }) {
    const report = daemonReport();
    if (args.daemon && !report) return await runInBackground(args, rawArgs);
    if (!report) reexecuteClamped(["start", ...rawArgs]);
    try {
      const prepared = await preparedSettings(args);
      const source = args.tool === undefined ? ownTool(prepared) : otherTool(args.tool);
      const view = report ? silentView : foregroundView();
      const run = await runAndDraw(args, prepared, source, { view, onReady: () => report?.ready() });
      // What a daemon prints goes to agent.log, like the rest of what it says.
      print(report ? `${formatTime(wallMs())} [INFO] ${run.graphs}` : summary(run, prepared.paths));
      return exitCodes.done;
    } catch (error) {
      report?.failed(error);
      throw error;
    }
  },
});

function ownTool({ paths, config }: PreparedSettings): LaunchInput {
  return {
    prepareSource: (roots) => embeddedTool({ config: config.config, runtimeDir: paths.runtime, roots }),
    foreign: false,
    keepLines: true,
  };
}

function otherTool(dir: string): LaunchInput {
  return { prepareSource: () => foreignTool(dir), foreign: true, keepLines: true };
}

async function runInBackground(args: SettingsArgs, rawArgs: string[]): Promise<number> {
  // The configuration is read here too: a mistake in it is shown before anything is started.
  const { paths } = settings(args);
  const pid = await startDaemon(["start", ...rawArgs], paths.agentLog);
  print(`nsomem is running (PID ${pid}). "nsomem status" shows how things stand, "nsomem stop" ends it.`);
  return exitCodes.done;
}
