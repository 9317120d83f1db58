/** Which NSO an `ncs` command belongs to, in its own words. */

import { endWords } from "../core/child-end.ts";
import { describeError } from "../core/errors.ts";
import { describeEnd, endWithin } from "./child.ts";
import { listenTo } from "./child-output.ts";
import type { NcsCommand } from "./ncs-command.ts";
import { launchAs } from "./run-as.ts";
import { unfitness } from "./trusted-command.ts";

const answerMsMax = 10_000;
const answerLengthMax = 4096;

/** The first line of `ncs --version`, or why there is none. Never throws. */
export async function askNcsVersion({
  path,
  runAs,
  env,
}: NcsCommand): Promise<{ version: string } | { failure: string }> {
  const { words, identity } = launchAs(runAs, [path, "--version"]);
  const unfit = unfitness(path, runAs);
  if (unfit) return { failure: unfit.complaint };
  try {
    const child = Bun.spawn(words, {
      ...identity,
      cwd: "/",
      env,
      stdio: ["ignore", "pipe", "pipe"],
      // A session of its own: another user's command must not reach into root's terminal (TIOCSTI).
      detached: true,
    });
    const said = listenTo(child.stdout, answerLengthMax);
    const complaint = listenTo(child.stderr, answerLengthMax);
    const how = await endWithin(child, { timeoutMs: answerMsMax, signal: new AbortController().signal });
    const [answer, grumble] = await Promise.all([said.start(), complaint.start()]);
    if (how !== "ended") return { failure: describeEnd(how, answerMsMax) };
    if (child.exitCode !== 0) return { failure: `${endWords(child)}: ${grumble.trim()}` };
    return { version: answer.trim().replace(/\n.*/s, "") };
  } catch (error) {
    return { failure: describeError(error) };
  }
}
