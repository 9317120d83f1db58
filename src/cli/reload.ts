/** `nsomem reload`: SIGHUP to the agent, and the wait for its answer in status.json. */

import { defineCommand } from "citty";
import { exitCodes, NsomemError } from "../core/errors.ts";
import { holdAgent, isAgentAlive } from "../linux/agent-lock.ts";
import { readStatus } from "../record/status-file.ts";
import { print } from "../ui/print.ts";
import { signalAndWait } from "./agent-answer.ts";
import { agentsHome, homeArgs, pathsOf } from "./options.ts";

/** The agent may take up to 10 s of it to inspect the callbacks file. */
const reloadMsMax = 15_000;

export default defineCommand({
  args: {
    quiet: {
      type: "boolean",
      description: "print no answer, which is in the agent's log: the exit code has it too",
    },
    ...homeArgs(agentsHome),
  },
  async run({ args }) {
    const paths = pathsOf(args);
    const { statusFile } = paths;
    const agent = holdAgent(paths);
    const lastReload = () => readStatus(statusFile)?.configuration?.last_reload ?? undefined;
    const before = lastReload()?.at;
    const answer = await signalAndWait(agent, "SIGHUP", reloadMsMax, () => {
      if (!isAgentAlive(agent)) return "ended";
      const last = lastReload();
      return last?.at === before ? undefined : last;
    });
    if (answer === "ended")
      throw new NsomemError(
        "RELOAD",
        `the agent (PID ${agent.pid}) ended instead of reloading; see agent.log`,
      );
    if (answer === undefined)
      throw new NsomemError(
        "RELOAD",
        `the agent (PID ${agent.pid}) has not answered in ${reloadMsMax / 1000} s`,
      );
    if (!answer.accepted && !args.quiet) throw new NsomemError("REFUSED", answer.message, exitCodes.usage);
    if (!args.quiet) print(answer.message);
    return answer.accepted ? exitCodes.done : exitCodes.usage;
  },
});
