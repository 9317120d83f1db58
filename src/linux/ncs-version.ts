/** Which NSO an `ncs` command belongs to, in its own words. */

import { describeError } from "../core/errors.ts";
import { shown } from "../core/shown.ts";
import { childEnv } from "./self.ts";

const answerMsMax = 10_000;

/** The first line of `ncs --version`, or why there is none. Never throws. */
export async function askNcsVersion(ncs: string): Promise<{ version: string } | { failure: string }> {
  try {
    const child = Bun.spawn([ncs, "--version"], {
      env: childEnv(process.env),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: answerMsMax,
      killSignal: "SIGKILL",
    });
    const [said, complaint, code] = await Promise.all([
      child.stdout.text(),
      child.stderr.text(),
      child.exited,
    ]);
    if (code !== 0) return { failure: `exit ${code}: ${shown(complaint.trim())}` };
    return { version: shown(said.trim().replace(/\n.*/s, "")) };
  } catch (error) {
    return { failure: describeError(error) };
  }
}
