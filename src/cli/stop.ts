/** `nsomem stop`: SIGTERM to the agent, and the wait for its end. */

import { defineCommand } from "citty";
import { NsomemError } from "../core/errors.ts";
import { holdAgent } from "../linux/agent-lock.ts";
import { isAlive } from "../linux/procfs.ts";
import { ownProcDir } from "../linux/roots.ts";
import { print } from "../ui/print.ts";
import { signalAndWait } from "./agent-answer.ts";
import { homeArg, pathsOf } from "./options.ts";

/** The agent draws the graphs of its run before it ends: up to a minute for weeks on a slow host. */
const stopMsMax = 75_000;

export default defineCommand({
  meta: { name: "stop", description: "End the running agent" },
  args: { ...homeArg },
  async run({ args }) {
    const agent = holdAgent(pathsOf(args));
    const end = await signalAndWait(agent, "SIGTERM", stopMsMax, () =>
      isAlive(ownProcDir, agent) ? undefined : "ended",
    );
    if (end === undefined)
      throw new NsomemError(
        "STOP",
        `the agent (PID ${agent.pid}) has not ended ${stopMsMax / 1000} s after SIGTERM`,
      );
    print(`nsomem (PID ${agent.pid}) has stopped.`);
  },
});
