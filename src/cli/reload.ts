import { defineCommand } from "citty";
import { exitCodes, NsomemError } from "../core/errors.ts";
import { requireLiveAgent } from "../linux/pid-file.ts";
import { isAlive } from "../linux/procfs.ts";
import { kernelRoots } from "../linux/roots.ts";
import { resolvePaths } from "../record/paths.ts";
import { readStatus } from "../record/status-file.ts";
import { homeArg } from "./options.ts";

/** Inspecting the callbacks file may take up to 10 s of it. */
const reloadMsMax = 15_000;

export default defineCommand({
  meta: { name: "reload", description: "Make the running agent take its configuration over anew" },
  args: { ...homeArg },
  async run({ args }) {
    const { procDir } = kernelRoots();
    const { pidFile, statusFile } = resolvePaths({ home: args.home, name: args.name });
    const agent = requireLiveAgent(pidFile, procDir);
    const before = readStatus(statusFile)?.configuration?.last_reload?.at;
    process.kill(agent.pid, "SIGHUP");
    const deadline = performance.now() + reloadMsMax;
    while (performance.now() < deadline && isAlive(procDir, agent)) {
      const last = readStatus(statusFile)?.configuration?.last_reload;
      if (last && last.at !== before) {
        if (!last.accepted) throw new NsomemError("REFUSED", last.message, exitCodes.usage);
        console.log(last.message);
        return exitCodes.done;
      }
      await Bun.sleep(20);
    }
    throw new NsomemError(
      "RELOAD",
      `the agent (PID ${agent.pid}) has not answered in ${reloadMsMax / 1000} s`,
    );
  },
});
