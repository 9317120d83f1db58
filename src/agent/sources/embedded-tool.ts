/** The embedded plot.sh as a source: unpacked, supervised, removed at the end. */

import { type Config, silenceMsMaxOf } from "../../core/config.ts";
import { shown } from "../../core/shown.ts";
import type { Roots } from "../../linux/roots.ts";
import { superviseTool, type Tool, type ToolNews } from "../../tool/supervise.ts";
import { removeLeftovers, unpackTool } from "../../tool/unpack.ts";
import { findBash } from "./bash.ts";
import { type Followed, notStarted, type Source } from "./source.ts";
import { toolEnvironment } from "./tool-environment.ts";

export interface EmbeddedToolOptions {
  config: Config;
  runtimeDir: string;
  roots: Roots;
}

/** Unpacks the tool now. Throws NsomemError UNPACK or NO_BASH. */
export function embeddedTool(options: EmbeddedToolOptions): Source {
  const { runtimeDir, roots } = options;
  const bash = findBash();
  removeLeftovers(runtimeDir);
  let unpacked = unpackTool(runtimeDir);
  let { config } = options;
  let followed: Followed = { users: [] };
  let tool: Tool | undefined;
  const environment = () => toolEnvironment(config, roots, followed);
  return {
    start({ onLine, onNews }) {
      tool = superviseTool({
        place() {
          // The runtime directory goes away with the last login of its user, for one.
          if (!unpacked.isInPlace()) unpacked = unpackTool(runtimeDir);
          return { command: [bash, unpacked.script, "-v", "-m", "NaN"], cwd: unpacked.dir };
        },
        env: environment(),
        silenceMsMax: () => silenceMsMaxOf(config),
        onLine,
        onNews: (news) => onNews(...sentenceOf(news)),
      });
    },
    state: () => tool?.state() ?? notStarted,
    isDelivering: () => tool?.isDelivering() ?? false,
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
      unpacked.remove();
    },
  };
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
    case "silent": {
      const { pid, silenceMs, rubbish } = news;
      const what =
        rubbish === undefined
          ? `plot.sh has been silent for ${silenceMs} ms (PID ${pid}).`
          : `plot.sh has said nothing that is understood for ${silenceMs} ms (PID ${pid}), but: ${shown(rubbish, 200)}.`;
      return [`${what} Sampling in-process; restarting it.`, "warning"];
    }
    case "stderr":
      return [`plot.sh: ${shown(news.line, 300)}`, "warning"];
  }
}
