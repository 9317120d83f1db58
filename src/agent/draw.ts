/** Draws the graphs of a run that has ended, in a process of its own: the agent stays small. */

import { endWords } from "../core/child-end.ts";
import { describeError } from "../core/errors.ts";
import { hint } from "../core/hint.ts";
import { listenTo } from "../linux/child-output.ts";
import { hostClock } from "../linux/host-clock.ts";
import { clampedEnv, selfCommand } from "../linux/self.ts";
import type { AgentSummary } from "./agent.ts";

/** A week at 1 Hz takes 8 s; a slow host must not hold the end of the agent for ever. */
const drawMsMax = 60_000;
const saidLengthMax = 10_000;
/** An agent that is stopped ends within 2 s, counted from the signal: what is not drawn by then is drawn without it. */
const stoppedMsMax = 1400;

/** Whose history is drawn: the words of the command line that say so. */
export interface DrawPlace {
  home?: string | undefined;
  name?: string | undefined;
}

/**
 * Runs `nsomem graph`, unless memory is tight: then the drawing would be one load more. Returns what to tell the
 * operator about it, in a sentence. Never throws.
 */
export async function drawRun(
  { memoryIsNormal, silentPlaces, reason, endingSinceMs }: AgentSummary,
  place: DrawPlace,
): Promise<string> {
  if (!memoryIsNormal)
    return `No graphs: memory is still tight. "${hint("graph")}" draws them once it has passed.`;
  const [silent] = silentPlaces;
  if (silent !== undefined) return sorry(`${silent} does not answer`);
  try {
    const drawing = drawGraphs(place);
    const spentMs = hostClock.monotonicMs() - endingSinceMs;
    const waitMs = reason === "stopped" ? Math.max(0, stoppedMsMax - spentMs) : drawMsMax;
    const drawn = await Promise.race([drawing.done, Bun.sleep(waitMs)]);
    if (drawn) return drawn.text;
    drawing.leave();
    return `The graphs are still being drawn (PID ${drawing.pid}).`;
  } catch (error) {
    return sorry(describeError(error));
  }
}

export interface Drawing {
  pid: number;
  /** Whether they are drawn, and a sentence about it. */
  done: Promise<{ isDrawn: boolean; text: string }>;
  /** This process may end before it. */
  leave(): void;
  kill(): void;
}

/** Throws where no process can be started. */
export function drawGraphs({ home, name }: DrawPlace): Drawing {
  const words = [
    ...(home === undefined ? [] : ["--home", home]),
    ...(name === undefined ? [] : ["--name", name]),
  ];
  const child = Bun.spawn([...selfCommand(), "graph", ...words], {
    env: clampedEnv(process.env, "at work"),
    stdio: ["ignore", "pipe", "pipe"],
    // In a session of its own it goes on when the agent does not wait for it.
    detached: true,
    timeout: drawMsMax,
    killSignal: "SIGKILL",
  });
  const output = listenTo(child.stdout, saidLengthMax);
  const grumble = listenTo(child.stderr, saidLengthMax);
  return {
    pid: child.pid,
    done: child.exited.then(async (code) => {
      const [said, complaint] = await Promise.all([output.start(), grumble.start()]);
      if (code === 0) return { isDrawn: true, text: said.trim().split("\n").at(-1) ?? "" };
      return { isDrawn: false, text: sorry(complaint.trim().split("\n")[0] || endWords(child)) };
    }),
    leave: () => child.unref(),
    kill: () => child.kill("SIGKILL"),
  };
}

function sorry(why: string): string {
  return `No graphs: ${why}; try "${hint("graph")}".`;
}
