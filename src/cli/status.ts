/** `nsomem status`: how things stand, as a page or as JSON, once or live. */

import { defineCommand } from "citty";
import { exitCodes, usageError } from "../core/errors.ts";
import { findAgent } from "../linux/agent-lock.ts";
import { wallMs } from "../linux/host-clock.ts";
import { readStatus } from "../record/status-file.ts";
import { print, printJson } from "../ui/print.ts";
import { statusPage } from "../ui/status-page.ts";
import { terminalNow } from "../ui/terminal.ts";
import { agentsHome, homeArgs, pathsOf } from "./options.ts";
import { readStanding } from "./standing.ts";

export default defineCommand({
  args: {
    json: { type: "boolean", description: "the status document instead of the page" },
    watch: { type: "boolean", alias: "w", description: "live, with its history, until q: the same as top" },
    ...homeArgs(agentsHome),
  },
  async run({ args, rawArgs }) {
    if (args.watch) {
      if (args.json) throw usageError("status --json is one document: it goes without --watch");
      const [{ reexecuteClamped }, { watchLive }] = await Promise.all([
        import("../linux/self.ts"),
        import("./live.ts"),
      ]);
      reexecuteClamped(["status", ...rawArgs]);
      return await watchLive(pathsOf(args), args);
    }
    const paths = pathsOf(args);
    if (args.json) {
      const running = findAgent(paths) !== undefined;
      const status = readStatus(paths.statusFile);
      printJson(status ? { ...status, running } : { schema: 1, running });
      return running ? exitCodes.done : exitCodes.notRunning;
    }
    const standing = readStanding(paths, args, wallMs());
    print(statusPage(standing, terminalNow()));
    return standing.agentPid === undefined ? exitCodes.notRunning : exitCodes.done;
  },
});
