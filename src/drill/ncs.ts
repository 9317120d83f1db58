/** NSO's `ncs` command, which takes the debug dumps: found as a rescue would find it, and asked for its version. */

import type { Config } from "../core/config.ts";
import { NsomemError } from "../core/errors.ts";
import { type CoreChoice, rankedCores } from "../linux/choose-core.ts";
import { readCoreUser } from "../linux/core-user.ts";
import { findNcs } from "../linux/ncs-command.ts";
import { askNcsVersion } from "../linux/ncs-version.ts";

const complaintLengthMax = 200;
const versionLengthMax = 80;

/** Throws NsomemError NCS. */
export async function probeNcs(config: Config, procDir: string, choice: CoreChoice): Promise<string> {
  const [core] = rankedCores(procDir, choice).taken;
  const found = findNcs({
    configured: config.nso.command,
    core: core && readCoreUser(procDir, core),
  });
  if ("complaint" in found) throw new NsomemError("NCS", found.complaint);
  const { path } = found.ncs;
  const answer = await askNcsVersion(found.ncs);
  if ("failure" in answer)
    throw new NsomemError("NCS", `${path} --version: ${answer.failure.slice(0, complaintLengthMax)}`);
  return `${path} --version: ${answer.version.slice(0, versionLengthMax)}`;
}
