/** The embedded plot.sh as a source: unpacked, supervised, removed at the end. */

import { type Config, overdueMsMaxOf, silenceMsMaxOf } from "../../core/config.ts";
import { NsomemError } from "../../core/errors.ts";
import { shown } from "../../core/shown.ts";
import type { Roots } from "../../linux/roots.ts";
import type { Instead } from "../../tool/delivery.ts";
import { superviseTool, type Tool, type ToolNews } from "../../tool/supervise.ts";
import { removeLeftovers, toolWords, type UnpackedTool, unpackTool } from "../../tool/unpack.ts";
import { findBash } from "./bash.ts";
import { type Followed, notStarted, type Source } from "./source.ts";
import { toolEnvironment } from "./tool-environment.ts";

export interface EmbeddedToolOptions {
  config: Config;
  runtimeDir: string;
  roots: Roots;
}

/**
 * Unpacks the tool now; where that fails, on a full disk for one, it runs from memory. Throws NsomemError UNTRUSTED for
 * the directory.
 */
export function embeddedTool(options: EmbeddedToolOptions): Source {
  const { runtimeDir, roots } = options;
  const unpacked = unpackedIn(runtimeDir);
  let { config } = options;
  let followed: Followed = { users: [] };
  let tool: Tool | undefined;
  const environment = () => toolEnvironment(config, roots, followed);
  return {
    start({ onLine, onNews }) {
      tool = superviseTool({
        // Not in its directory, which may be gone: it writes nothing there.
        place: () => ({ ...toolWords(findBash(), unpacked), cwd: "/" }),
        env: environment(),
        overdueMsMax: () => overdueMsMaxOf(config),
        silenceMsMax: () => silenceMsMaxOf(config),
        onLine,
        onNews: (news) => onNews(...sentenceOf(news)),
      });
    },
    state: () => tool?.state() ?? notStarted,
    isDelivering: () => tool?.isDelivering() ?? false,
    problem: () => toolProblem(tool),
    follow(core) {
      followed = core;
      tool?.restartWith(environment());
    },
    reconfigure(changed) {
      const before = JSON.stringify(environment());
      config = changed;
      if (JSON.stringify(environment()) !== before) tool?.restartWith(environment());
    },
    async stop() {
      await tool?.stop();
      // A disk that fails, or does not answer, keeps a directory of 60 kB; the next start removes it.
      await Promise.race([unpacked?.remove().catch(() => undefined), Bun.sleep(removeMsMax)]);
    },
  };
}

const removeMsMax = 200;

/**
 * The tool as it lies in `runtimeDir`, to be started from its descriptor, whatever becomes of the directory: no disk is
 * asked for it again. Undefined where it could not be written.
 */
function unpackedIn(runtimeDir: string): UnpackedTool | undefined {
  try {
    removeLeftovers(runtimeDir);
    return unpackTool(runtimeDir);
  } catch (error) {
    if (error instanceof NsomemError && error.code === "UNTRUSTED") throw error;
    return undefined;
  }
}

/** For the status. */
export function toolProblem(tool: Tool | undefined): string | undefined {
  const why = tool?.problem();
  return why && `plot.sh cannot be started: ${why}; the agent measures by itself`;
}

/** News of the tool for the operator. */
export function sentenceOf(news: ToolNews): [text: string, tone: "info" | "warning"] {
  switch (news.kind) {
    case "started":
      return [`measuring tool plot.sh started (PID ${news.pid})`, "info"];
    case "ended": {
      const next = `Sampling in-process; restart in ${news.restartInMs} ms.`;
      return [`plot.sh (PID ${news.pid}) ended: ${news.why}. ${next}`, "warning"];
    }
    case "unstartable": {
      const next = `The agent measures by itself, NSO's processes too; next try in ${news.restartInMs} ms.`;
      return [`plot.sh cannot be started: ${news.why}. ${next}`, "warning"];
    }
    case "silent":
      return [`${silenceText(news)} Sampling in-process; restarting it.`, "warning"];
    case "stderr":
      return [`plot.sh: ${shown(news.line, 300)}`, "warning"];
  }
}

function silenceText({
  pid,
  silenceMs,
  instead,
}: {
  pid: number;
  silenceMs: number;
  instead: Instead;
}): string {
  switch (instead.said) {
    case "nothing":
      return `plot.sh has been silent for ${silenceMs} ms (PID ${pid}).`;
    case "rubbish":
      return `plot.sh has said nothing that is understood for ${silenceMs} ms (PID ${pid}), but: ${shown(instead.line, 200)}.`;
    case "no reading":
      return `plot.sh has said nothing about memory for ${silenceMs} ms (PID ${pid}), but: ${shown(instead.line, 200)}.`;
  }
}
