/** A command of the system's own, such as systemctl: found where the system has it, bounded in time and in what it says. */

import { endWords } from "../core/child-end.ts";
import { describeError } from "../core/errors.ts";
import { describeEnd, endWithin } from "./child.ts";
import { collectText } from "./child-output.ts";
import { writeOomScoreAdj } from "./oom-score.ts";
import { ownProcDir } from "./roots.ts";
import { unfitness } from "./trusted-command.ts";

const directories = ["/usr/bin", "/bin"];
const bytesMax = 256 * 1024;

export interface CommandBounds {
  timeoutMs: number;
  stop?: AbortSignal;
}

/** Where the command is that would be run; undefined where there is none that is safe to run. May throw. */
export function findSystemCommand(name: string): string | undefined {
  return directories
    .map((directory) => `${directory}/${name}`)
    .find((path) => unfitness(path, "ourselves") === undefined);
}

/** What it says on its standard output, or why it says nothing. Never rejects. */
export async function runSystemCommand(
  [name, ...words]: [string, ...string[]],
  { timeoutMs, stop = new AbortController().signal }: CommandBounds,
): Promise<{ text: string } | { failure: string }> {
  try {
    const path = findSystemCommand(name);
    if (path === undefined) return { failure: `there is no ${name} here` };
    const child = Bun.spawn([path, ...words], {
      cwd: "/",
      env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    // The agent protects itself; what it starts is an ordinary process.
    writeOomScoreAdj(ownProcDir, child.pid, 0);
    const said = collectText(child.stdout, bytesMax);
    const how = await endWithin(child, { timeoutMs, signal: stop });
    const text = await said.text();
    if (how !== "ended") return { failure: `${name} was ${describeEnd(how, timeoutMs)}` };
    if (child.exitCode !== 0) return { failure: `${name} ${endWords(child)}` };
    return text === undefined ? { failure: `${name} said more than ${bytesMax} bytes` } : { text };
  } catch (error) {
    return { failure: `${name} could not be started: ${describeError(error)}` };
  }
}
