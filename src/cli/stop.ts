/** `nsomem stop`: SIGTERM to the agent, and the wait for its end. */

import { defineCommand } from "citty";
import { NsomemError } from "../core/errors.ts";
import { holdAgent, isAgentAlive } from "../linux/agent-lock.ts";
import { readOptional, readStat } from "../linux/procfs.ts";
import { ownProcDir } from "../linux/roots.ts";
import { unitName } from "../service/unit.ts";
import { print } from "../ui/print.ts";
import { signalAndWait } from "./agent-answer.ts";
import { agentsHome, homeArgs, pathsOf } from "./options.ts";

/** The agent ends within 1.5 s of the signal, whatever runs. One that hangs is killed, so that a stop takes 2 s at most. */
const stopMsMax = 1700;
const killMsMax = 200;

export default defineCommand({
  args: { ...homeArgs(agentsHome) },
  async run({ args }) {
    const agent = holdAgent(pathsOf(args));
    const { pid } = agent;
    if (isOfUnit(pid))
      throw new NsomemError(
        "SERVICE",
        `nsomem (PID ${pid}) is a service, which systemd would start again: systemctl stop nsomem`,
      );
    const end = (signal: "SIGTERM" | "SIGKILL", msMax: number) =>
      signalAndWait(agent, signal, msMax, () => (isAgentAlive(agent) ? undefined : "ended"));
    if ((await end("SIGTERM", stopMsMax)) !== undefined) return print(`nsomem (PID ${pid}) has stopped.`);
    const hung = `nsomem (PID ${pid}) did not end ${stopMsMax / 1000} s after SIGTERM`;
    if ((await end("SIGKILL", killMsMax)) !== undefined)
      return print(`${hung} and was killed; what it had begun is finished by the next start.`);
    const state = readStat(ownProcDir, pid)?.state ?? "?";
    const why = state === "D" ? " It waits for a disk or a file server (state D), and ends with that." : "";
    throw new NsomemError("STOP", `${hung}, nor at once after SIGKILL (state ${state}).${why}`);
  },
});

/** By its cgroup, see cgroups(7). Of another unit, such as the operator's own, nothing is known. */
function isOfUnit(pid: number): boolean {
  return (readOptional(`${ownProcDir}/${pid}/cgroup`) ?? "")
    .split("\n")
    .some((line) => line.endsWith(`/${unitName}`));
}
