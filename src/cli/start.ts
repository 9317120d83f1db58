/** `nsomem start`: an agent with a measuring tool of its own, in the foreground or as a daemon. */

import { defineCommand } from "citty";
import { daemonReport, startDaemon } from "../agent/daemon.ts";
import type { LaunchInput } from "../agent/launch.ts";
import { embeddedTool } from "../agent/sources/embedded-tool.ts";
import { foreignTool } from "../agent/sources/foreign-tool.ts";
import type { Config } from "../core/config.ts";
import { exitCodes } from "../core/errors.ts";
import { daemonHazards, hazardText } from "../core/hazard.ts";
import { hint } from "../core/hint.ts";
import { kernelRoots } from "../linux/roots.ts";
import { isService } from "../linux/sd-notify.ts";
import { reexecuteClamped } from "../linux/self.ts";
import { lookAround } from "../linux/surroundings.ts";
import { readStatus } from "../record/status-file.ts";
import { print } from "../ui/print.ts";
import { runAndDraw, runArgs } from "./agent-run.ts";
import { daemonView, foregroundView } from "./agent-view.ts";
import { configArg, homeArgs } from "./options.ts";
import { type PreparedSettings, preparedSettings, type SettingsArgs, settings } from "./settings.ts";
import { summary } from "./summary.ts";

export default defineCommand({
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
      const { config } = prepared.config;
      const view = report ? daemonView(config) : foregroundView(config);
      const run = await runAndDraw(args, prepared, source, { view, onReady: () => report?.ready() });
      view.conclude(report ? run.graphs : summary(run, prepared.paths));
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

async function runInBackground(
  args: SettingsArgs & { wait?: boolean | undefined },
  rawArgs: string[],
): Promise<number> {
  // The configuration is read here too: a mistake in it is shown before anything is started.
  const { paths, config } = settings(args);
  const wait = isService(process.env) && !args.wait ? ["--wait"] : [];
  const pid = await startDaemon(["start", ...rawArgs, ...wait], paths.agentLog);
  print(daemonText(pid, { stays: args.wait === true || wait.length > 0 }));
  for (const line of await hazardLines(readStatus(paths.statusFile)?.nso?.pid, config)) print(line);
  return exitCodes.done;
}

/** Also what it does when NSO ends: a server that starts NSO again may be unwatched then, without anybody knowing. */
function daemonText(pid: number, { stays }: { stays: boolean }): string {
  const end = stays
    ? "It stays when NSO ends, and watches the NSO that comes back."
    : "It ends when NSO ends; with --wait it stays, and watches the NSO that comes back.";
  return `nsomem is running (PID ${pid}). ${end}\n"${hint("status")}" shows how things stand, "${hint("stop")}" ends it.`;
}

/** What may end NSO before its dump is whole: said here and not in the log alone. */
async function hazardLines(pid: number | undefined, { physical }: Config): Promise<string[]> {
  try {
    const around = await lookAround(kernelRoots().procDir, pid);
    return daemonHazards(around, physical.critical_percent).map((one) => `warning: ${hazardText(one)}`);
  } catch {
    // The agent is there: what could not be looked at is in its log and in doctor.
    return [];
  }
}
