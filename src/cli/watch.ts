/** `nsomem watch`: an agent that obeys the log of another measuring tool; the manual method. */

import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { defineCommand } from "citty";
import type { LaunchInput } from "../agent/launch.ts";
import { followLog } from "../agent/sources/log-follower.ts";
import { exitCodes, usageError } from "../core/errors.ts";
import { kindOf } from "../linux/file-kind.ts";
import { refuseForeign } from "../linux/private-directory.ts";
import { reexecuteClamped } from "../linux/self.ts";
import { logPlace } from "../record/rotating-log.ts";
import { runAndDraw, runArgs } from "./agent-run.ts";
import { foregroundView } from "./agent-view.ts";
import { configArg, homeArgs } from "./options.ts";
import { preparedSettings } from "./settings.ts";
import { summary } from "./summary.ts";

export default defineCommand({
  args: {
    monitor_log: { type: "positional", description: "the tool's log; it need not exist yet", required: true },
    action_log: { type: "positional", description: "where to write what is done", required: true },
    ...runArgs,
    ...homeArgs("keep all files below DIR: state, logs, status; nsomem.toml is read there too"),
    ...configArg,
  },
  async run({ args, rawArgs }) {
    reexecuteClamped(["watch", ...rawArgs]);
    const prepared = await preparedSettings(args);
    const paths = { ...prepared.paths, actionLog: resolve(args.action_log) };
    refuseForeign(dirname(paths.actionLog), logPlace);
    refuseSpecial(args.monitor_log);
    const source: LaunchInput = {
      prepareSource: () => followLog(resolve(args.monitor_log)),
      foreign: true,
      keepLines: false,
    };
    const audience = { view: foregroundView(prepared.config.config), onReady: () => {} };
    const run = await runAndDraw(args, { ...prepared, paths }, source, audience);
    audience.view.conclude(summary(run, paths));
    return exitCodes.done;
  },
});

/** It may appear later; a FIFO has one reader and no past. Throws NsomemError USAGE (exit 2). */
function refuseSpecial(log: string): void {
  const found = statSync(log, { throwIfNoEntry: false });
  if (found && !found.isFile())
    throw usageError(
      `${log} is ${kindOf(found)}; let the tool write into a regular file, which watch follows`,
    );
}
