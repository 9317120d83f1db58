/** `ncs --status`: NSO's own view of its packages, sessions and CDB; as NSO's user, as the debug dumps are taken. */

import { endWords } from "../../core/child-end.ts";
import { describeEnd, endWithin } from "../../linux/child.ts";
import { listenTo } from "../../linux/child-output.ts";
import { readCoreUser } from "../../linux/core-user.ts";
import { findNcs } from "../../linux/ncs-command.ts";
import { readCore } from "../../linux/nso.ts";
import { launchAs } from "../../linux/run-as.ts";
import { unfitness } from "../../linux/trusted-command.ts";
import type { Found, Piece, Subject } from "./piece.ts";

const statusMsMax = 10_000;
/** Of a large NSO it has some thousand lines. */
const lengthMax = 1024 * 1024;
const linesMax = 20_000;

export const coreStatus: Piece = {
  name: "ncs --status",
  file: "ncs-status.txt",
  timeoutMs: statusMsMax + 3000,
  take: takeStatus,
};

async function takeStatus({ procDir, pid, startTicks, ncs: configured, stop }: Subject): Promise<Found> {
  const core = readCore(procDir, pid);
  const user = core?.startTicks === startTicks ? readCoreUser(procDir, core) : undefined;
  if (!user) throw new Error("NSO has ended");
  const found = findNcs({ configured, core: user });
  if ("complaint" in found) throw new Error(found.complaint);
  const { ncs } = found;
  const { words, identity } = launchAs(ncs.runAs, [ncs.path, "--status"]);
  const unfit = unfitness(ncs.path, ncs.runAs);
  if (unfit) throw new Error(`refused: ${unfit.complaint}`);
  // detached: a group of its own, since ncs is a script that starts others.
  const child = Bun.spawn(words, {
    ...identity,
    cwd: "/",
    env: ncs.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const [said, complaint] = [listenTo(child.stdout, lengthMax, { linesMax }), listenTo(child.stderr, 1000)];
  const how = await endWithin(child, { timeoutMs: statusMsMax, signal: stop });
  if (how !== "ended") throw new Error(describeEnd(how, statusMsMax));
  const text = await said.start();
  if (child.exitCode !== 0)
    throw new Error(`${endWords(child)}: ${(await complaint.start()).trim().replaceAll(/\s+/g, " ")}`);
  return { text };
}
