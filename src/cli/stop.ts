import { defineCommand } from "citty";
import { NsomemError } from "../core/errors.ts";
import { requireLiveAgent } from "../linux/pid-file.ts";
import { isAlive } from "../linux/procfs.ts";
import { kernelRoots } from "../linux/roots.ts";
import { resolvePaths } from "../record/paths.ts";
import { homeArg } from "./options.ts";

/** Ending includes the drawing of the run, up to a minute for weeks on a slow host. */
const stopMsMax = 75_000;

export default defineCommand({
  meta: { name: "stop", description: "End the running agent" },
  args: { ...homeArg },
  async run({ args }) {
    const { procDir } = kernelRoots();
    const { pidFile } = resolvePaths({ home: args.home, name: args.name });
    const agent = requireLiveAgent(pidFile, procDir);
    process.kill(agent.pid, "SIGTERM");
    const deadline = performance.now() + stopMsMax;
    while (isAlive(procDir, agent)) {
      if (performance.now() > deadline)
        throw new NsomemError(
          "STOP",
          `the agent (PID ${agent.pid}) has not ended ${stopMsMax / 1000} s after SIGTERM`,
        );
      await Bun.sleep(20);
    }
    console.log(`nsomem (PID ${agent.pid}) has stopped.`);
  },
});
