/**
 * The graphs of a service that was stopped: the next one draws them, once it has watched for a while. A restart must
 * leave NSO unguarded for no drawing, and what a stopped service leaves behind is killed with it.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { describeError } from "../core/errors.ts";
import { hint } from "../core/hint.ts";
import { call, doLater } from "../linux/file-work.ts";
import { replacePrivateFile } from "../linux/private-file.ts";
import type { Paths } from "../record/paths.ts";
import type { AgentSummary } from "./agent.ts";
import { type DrawPlace, drawGraphs } from "./draw.ts";

/** By then a start, and the load that led to it, have settled. */
const settledMs = 30_000;
/** The last of a stop: what is not noted by then is not. */
const noteMsMax = 200;

const noteOf = ({ state }: Pick<Paths, "state">) => join(state, "graphs-owed");

/** Notes that they are to be drawn. What to tell the operator, in a sentence. Never rejects. */
export async function oweGraphs(
  { silentPlaces }: Pick<AgentSummary, "silentPlaces">,
  paths: Pick<Paths, "state">,
): Promise<string> {
  // Other places are none of this: the agent may be reading its own program just now.
  if (silentPlaces.includes(paths.state))
    return `No graphs: ${paths.state} does not answer; try "${hint("graph")}".`;
  const noted = doLater(replacePrivateFile(noteOf(paths), "drawn by the next start\n")).then(
    () => true,
    () => false,
  );
  const isNoted = await Promise.race([noted, Bun.sleep(noteMsMax).then(() => false)]);
  return isNoted
    ? `The next start draws the graphs, or "${hint("graph")}" now.`
    : `No graphs: nothing can be written; try "${hint("graph")}".`;
}

/** Draws what the service before this one owes, a while from now. `stop` ends that. */
export function drawOwedLater(
  paths: Pick<Paths, "state">,
  place: DrawPlace,
  { stop, say }: { stop: AbortSignal; say: (text: string) => void },
): void {
  if (!existsSync(noteOf(paths))) return;
  const draw = async () => {
    const drawing = drawGraphs(place);
    stop.addEventListener("abort", drawing.kill);
    const { isDrawn, text } = await drawing.done;
    if (stop.aborted) return;
    say(text);
    // Refused while memory is tight: it stays owed.
    if (isDrawn) await doLater(call.unlink(noteOf(paths)));
  };
  const timer = setTimeout(() => void draw().catch((error) => say(describeError(error))), settledMs);
  timer.unref();
  stop.addEventListener("abort", () => clearTimeout(timer));
}
