/** `nsomem demo`: gives the demo this program, this host's memory and the terminal. */

import { defineCommand } from "citty";
import { physicalUse } from "../core/meminfo.ts";
import { runDemo } from "../demo/demo.ts";
import { readCgroup } from "../linux/cgroup.ts";
import { cgroupsAbove } from "../linux/cgroup-path.ts";
import { readMeminfo } from "../linux/meminfo.ts";
import { kernelRoots } from "../linux/roots.ts";
import { clampedEnv, selfCommand } from "../linux/self.ts";
import { readStatus } from "../record/status-file.ts";
import { print } from "../ui/print.ts";

export default defineCommand({
  args: {},
  async run() {
    const interruption = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => interruption.abort());
    await runDemo({
      command: selfCommand(),
      standInEnv: clampedEnv(process.env),
      procDir: kernelRoots().procDir,
      readCeilings,
      readStatus,
      say: (text) => print(text),
      interrupted: interruption.signal,
    });
  },
});

/** The host, and every smaller cgroup above `pid`: the agent computes its percentages on these. */
function readCeilings(pid: number) {
  const { procDir, cgroupDir } = kernelRoots();
  const host = physicalUse(readMeminfo(procDir), "available");
  const cgroups = cgroupsAbove({ procDir, cgroupDir }, pid).flatMap((dir) => readCgroup(dir).ceilings);
  return [host, ...cgroups.filter(({ limitKib }) => limitKib < host.limitKib)];
}
