/** `nsomem check`: the state of the agent and of memory for a monitoring system, read from status.json alone. */

import { defineCommand } from "citty";
import { describeError } from "../core/errors.ts";
import { wallMs } from "../linux/host-clock.ts";
import { type PluginResult, pluginCodes, pluginResult, pluginUnknown } from "../metrics/plugin-line.ts";
import { readStatus } from "../record/status-file.ts";
import { print } from "../ui/print.ts";
import { agentsHome, homeArgs, pathsOf } from "./options.ts";

export default defineCommand({
  args: homeArgs(agentsHome),
  run({ args }) {
    const { statusFile } = pathsOf(args);
    const status = readStatus(statusFile);
    return tell(
      status
        ? pluginResult(status, wallMs())
        : pluginUnknown(
            `no status of an agent in ${statusFile}: none was started there, or it is another user's (run this as root or as the agent's user)`,
          ),
    );
  },
});

/** Also a mistake in the words of the command line: whoever calls a plugin reads its standard output. */
export function tellUnknown(error: unknown): number {
  return tell(pluginUnknown(describeError(error)));
}

function tell({ state, line }: PluginResult): number {
  print(line);
  return pluginCodes[state];
}
