/** `--tool DIR`: another measuring tool with the same contract, e.g. the operator's copy of the original plot.sh. */

import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { exitCodes, NsomemError } from "../../core/errors.ts";
import { ownershipComplaints } from "../../linux/ownership.ts";
import { childEnv } from "../../linux/self.ts";
import { superviseTool, type Tool } from "../../tool/supervise.ts";
import { findBash } from "./bash.ts";
import { sentenceOf, toolProblem } from "./embedded-tool.ts";
import { notStarted, type Source } from "./source.ts";

/** Measures once a second by contract, each round of the original's taking up to two. */
const overdueMsMax = 3000;
const silenceMsMax = 10_000;

/**
 * Such a tool does not watch the pipe that the embedded one waits on. This shell does it in its place: when the agent
 * is gone, however it went, the pipe ends and the whole group with it; the tool itself takes this shell's place.
 */
const wrapper =
  'exec 3<&0; { read -r -u 3 _; kill -KILL 0; } >/dev/null 2>&1 & exec 3<&- </dev/null; exec "$@"';

/** Checks `DIR/plot.sh` now. Throws NsomemError TOOL or UNTRUSTED. */
export function foreignTool(dir: string): Source {
  const script = join(resolve(dir), "plot.sh");
  if (!statSync(script, { throwIfNoEntry: false })?.isFile())
    throw new NsomemError("TOOL", `--tool ${dir}: there is no plot.sh in it`, exitCodes.usage);
  const complaints = ownershipComplaints(script);
  if (complaints.length > 0)
    throw new NsomemError(
      "UNTRUSTED",
      complaints.map((text) => `refused: ${text}`).join("\n"),
      exitCodes.usage,
    );
  let tool: Tool | undefined;
  return {
    start({ onLine, onNews }) {
      tool = superviseTool({
        place() {
          const bash = findBash();
          // --norc: with a socket as stdin, bash -c takes itself for a remote shell and runs the user's ~/.bashrc first.
          const command = [bash, "--norc", "-c", wrapper, "nsomem-tool", bash, script, "-v", "-m", "NaN"];
          return { command, cwd: resolve(dir) };
        },
        // It starts programs by name, and may read its own variables: the whole of a plain environment.
        env: childEnv(process.env),
        overdueMsMax: () => overdueMsMax,
        silenceMsMax: () => silenceMsMax,
        onLine: (line) => onLine(line),
        onNews: (news) => onNews(...sentenceOf(news)),
      });
    },
    state: () => tool?.state() ?? notStarted,
    isDelivering: () => tool?.isDelivering() ?? false,
    problem: () => toolProblem(tool),
    // It looks for NSO by itself, and its limits are its own.
    follow: () => {},
    reconfigure: () => {},
    stop: async () => await tool?.stop(),
  };
}
