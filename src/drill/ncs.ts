/** NSO's `ncs` command, which takes the debug dumps: found as a rescue would find it, and asked for its version. */

import type { Config } from "../core/config.ts";
import { NsomemError } from "../core/errors.ts";
import { type CoreChoice, rankedCores } from "../linux/choose-core.ts";
import { findNcs } from "../linux/ncs-command.ts";
import { askNcsVersion } from "../linux/ncs-version.ts";

const complaintLengthMax = 200;
const versionLengthMax = 80;

/** Throws NsomemError NCS. */
export async function probeNcs(config: Config, procDir: string, choice: CoreChoice): Promise<string> {
  const [core] = rankedCores(procDir, choice).taken;
  const { ncs, lookedIn } = findNcs({
    configured: config.nso.command,
    path: process.env.PATH,
    ncsDir: process.env.NCS_DIR,
    coreExecutable: core?.argv[0],
  });
  if (!ncs) throw new NsomemError("NCS", `ncs not found in ${lookedIn.join(", ")}; set [nso] command`);
  const answer = await askNcsVersion(ncs);
  if ("failure" in answer)
    throw new NsomemError("NCS", `${ncs} --version: ${answer.failure.slice(0, complaintLengthMax)}`);
  return `${ncs} --version: ${answer.version.slice(0, versionLengthMax)}`;
}
