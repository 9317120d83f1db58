/** `nsomem top`: the live page. */

import { defineCommand } from "citty";
import { reexecuteClamped } from "../linux/self.ts";
import { watchLive } from "./live.ts";
import { agentsHome, homeArgs, pathsOf } from "./options.ts";

export default defineCommand({
  args: { ...homeArgs(agentsHome) },
  async run({ args, rawArgs }) {
    // It may stay for hours: without this it takes 5 GiB of the commit limit (facts 4.1).
    reexecuteClamped(["top", ...rawArgs]);
    return await watchLive(pathsOf(args), args);
  },
});
