import { defineCommand } from "citty";
import { daemonReport, startDaemon } from "../agent/daemon.ts";
import { drawRun } from "../agent/draw.ts";
import { launch } from "../agent/launch.ts";
import { embeddedTool } from "../agent/sources/embedded-tool.ts";
import { foreignTool } from "../agent/sources/foreign-tool.ts";
import { formatTime } from "../core/units.ts";
import { reexecuteClamped } from "../linux/self.ts";
import { foregroundView, silentView } from "./agent-view.ts";
import { choiceOf, configArg, coreArgs, homeArg } from "./options.ts";
import { preparedSettings, settings } from "./settings.ts";
import { summary } from "./summary.ts";

export default defineCommand({
  meta: { name: "start", description: "Watch NSO's memory and rescue its evidence" },
  args: {
    daemon: { type: "boolean", description: "run in the background; return when the first reading is taken" },
    wait: { type: "boolean", description: "wait for NSO when it is down, and stay when it ends" },
    ...coreArgs,
    "dry-run": { type: "boolean", description: "record what would be done and do nothing" },
    tool: {
      type: "string",
      valueHint: "DIR",
      description: "measure with DIR/plot.sh instead of nsomem's own",
    },
    ...homeArg,
    ...configArg,
  },
  async run({ args, rawArgs }) {
    const report = daemonReport();
    if (args.daemon && !report) return await runInBackground(args, rawArgs);
    if (!report) reexecuteClamped(["start", ...rawArgs]);
    const view = report ? silentView : foregroundView();
    try {
      const { paths, config, readConfigAgain } = await preparedSettings(args);
      const toolDir = args.tool;
      const result = await launch({
        paths,
        configuration: { initial: config, readAgain: readConfigAgain },
        nso: { choice: choiceOf(args, config.config.nso), wait: args.wait ?? false },
        dryRun: args["dry-run"] ?? false,
        input: {
          prepareSource: (roots) =>
            toolDir === undefined
              ? embeddedTool({ config: config.config, runtimeDir: paths.runtime, roots })
              : foreignTool(toolDir),
          foreign: toolDir !== undefined,
          keepLines: true,
        },
        view,
        onReady: () => report?.ready(),
      });
      view.close();
      const graphs = await drawRun(result, args);
      // What a daemon prints goes to agent.log, like the rest of what it says.
      console.log(report ? `${formatTime(Date.now())} [INFO] ${graphs}` : summary(result, paths, graphs));
      return 0;
    } catch (error) {
      view.close();
      report?.failed(error);
      throw error;
    }
  },
});

async function runInBackground(
  args: { home?: string | undefined; name?: string | undefined; config?: string | undefined },
  rawArgs: string[],
): Promise<number> {
  // Read here too: a mistake in the configuration is told before anything is started.
  const { paths } = settings(args);
  const pid = await startDaemon(["start", ...rawArgs], paths.agentLog);
  console.log(
    `nsomem is running (PID ${pid}). "nsomem status" shows how things stand, "nsomem stop" ends it.`,
  );
  return 0;
}
