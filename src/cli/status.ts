/** `nsomem status`: what the agent last wrote of itself, as a page or as JSON. */

import { defineCommand } from "citty";
import { exitCodes } from "../core/errors.ts";
import { findAgent } from "../linux/agent-lock.ts";
import { wallMs } from "../linux/host-clock.ts";
import { readStatus } from "../record/status-file.ts";
import { colours, wantsColour } from "../ui/colour.ts";
import { print, printJson } from "../ui/print.ts";
import { statusPage } from "../ui/status-page.ts";
import { agentsHome, homeArgs, pathsOf } from "./options.ts";

export default defineCommand({
  meta: { name: "status", description: "How things stand, at a glance; exit 3 when nsomem is not running" },
  args: {
    json: { type: "boolean", description: "the status document instead of the page" },
    ...homeArgs(agentsHome),
  },
  run({ args }) {
    const paths = pathsOf(args);
    const agent = findAgent(paths);
    const status = readStatus(paths.statusFile);
    const running = agent !== undefined;
    if (args.json) {
      printJson(status ? { ...status, running } : { schema: 1, running });
    } else if (!running) {
      print(
        `nsomem is not running.${status ? ` It last wrote at ${status.updated} (PID ${status.pid}).` : ""}`,
      );
    } else if (!status) {
      print(`nsomem is starting (PID ${agent.pid}).`);
    } else {
      print(statusPage(status, colours(wantsColour(1, process.env)), wallMs()));
    }
    return running ? exitCodes.done : exitCodes.notRunning;
  },
});
