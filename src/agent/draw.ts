/** Draws the graphs of a run that has ended, in a process of its own: the agent stays small. */

import { endWords } from "../core/child-end.ts";
import { describeError } from "../core/errors.ts";
import { listenTo } from "../linux/child-output.ts";
import { hostClock } from "../linux/host-clock.ts";
import { clampedEnv, selfCommand } from "../linux/self.ts";
import type { AgentSummary } from "./agent.ts";

/** A week at 1 Hz takes 8 s; a slow host must not hold the end of the agent for ever. */
const drawMsMax = 60_000;
const saidLengthMax = 10_000;
/** An agent that is stopped ends within 2 s, counted from the signal: what is not drawn by then is drawn without it. */
const stoppedMsMax = 1400;

/**
 * Runs `nsomem graph`, unless memory is tight: then the drawing would be one load more. Returns what to tell the
 * operator about it, in a sentence. Never throws.
 */
export async function drawRun(
  { memoryIsNormal, silentPlaces, reason, endingSinceMs }: AgentSummary,
  { home, name }: { home?: string | undefined; name?: string | undefined },
): Promise<string> {
  if (!memoryIsNormal)
    return 'No graphs: memory is still tight. "nsomem graph" draws them once it has passed.';
  const [silent] = silentPlaces;
  if (silent !== undefined) return sorry(`${silent} does not answer`);
  try {
    const words = [
      ...(home === undefined ? [] : ["--home", home]),
      ...(name === undefined ? [] : ["--name", name]),
    ];
    const child = Bun.spawn([...selfCommand(), "graph", ...words], {
      env: clampedEnv(process.env),
      stdio: ["ignore", "pipe", "pipe"],
      // In a session of its own it goes on when the agent does not wait for it.
      detached: true,
      timeout: drawMsMax,
      killSignal: "SIGKILL",
    });
    const output = listenTo(child.stdout, saidLengthMax);
    const grumble = listenTo(child.stderr, saidLengthMax);
    const spentMs = hostClock.monotonicMs() - endingSinceMs;
    const waitMs = reason === "stopped" ? Math.max(0, stoppedMsMax - spentMs) : drawMsMax;
    const code = await Promise.race([child.exited, Bun.sleep(waitMs)]);
    if (code === undefined) {
      child.unref();
      return `The graphs are still being drawn (PID ${child.pid}).`;
    }
    const [said, complaint] = await Promise.all([output.start(), grumble.start()]);
    if (code === 0) return said.trim().split("\n").at(-1) ?? "";
    return sorry(complaint.trim().split("\n")[0] || endWords(child));
  } catch (error) {
    return sorry(describeError(error));
  }
}

function sorry(why: string): string {
  return `No graphs: ${why}; try "nsomem graph".`;
}
