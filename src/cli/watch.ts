import { resolve } from "node:path";
import { defineCommand } from "citty";
import { drawRun } from "../agent/draw.ts";
import { launch } from "../agent/launch.ts";
import { followLog } from "../agent/sources/log-follower.ts";
import { reexecuteClamped } from "../linux/self.ts";
import { foregroundView } from "./agent-view.ts";
import { choiceOf, configArg, coreArgs, homeArg } from "./options.ts";
import { preparedSettings } from "./settings.ts";
import { summary } from "./summary.ts";

export default defineCommand({
  meta: {
    name: "watch",
    description: "Follow the log of a measuring tool that runs elsewhere, and act on it",
  },
  args: {
    monitor_log: { type: "positional", description: "the tool's log; it need not exist yet", required: true },
    action_log: { type: "positional", description: "where to write what is done", required: true },
    wait: { type: "boolean", description: "wait for NSO when it is down, and stay when it ends" },
    ...coreArgs,
    "dry-run": { type: "boolean", description: "record what would be done and do nothing" },
    ...homeArg,
    ...configArg,
  },
  async run({ args, rawArgs }) {
    reexecuteClamped(["watch", ...rawArgs]);
    const view = foregroundView();
    try {
      const { paths, config, readConfigAgain } = await preparedSettings(args);
      const own = { ...paths, actionLog: resolve(args.action_log) };
      const result = await launch({
        paths: own,
        configuration: { initial: config, readAgain: readConfigAgain },
        nso: { choice: choiceOf(args, config.config.nso), wait: args.wait ?? false },
        dryRun: args["dry-run"] ?? false,
        input: {
          prepareSource: () => followLog(resolve(args.monitor_log)),
          foreign: true,
          keepLines: false,
        },
        view,
        onReady: () => {},
      });
      view.close();
      console.log(summary(result, own, await drawRun(result, args)));
      return 0;
    } catch (error) {
      view.close();
      throw error;
    }
  },
});
