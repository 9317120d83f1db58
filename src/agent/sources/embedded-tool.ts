/** The embedded plot.sh as a source: unpacked, supervised, removed at the end. */

import type { Config } from "../../core/config.ts";
import { exitCodes, NsomemError } from "../../core/errors.ts";
import type { Roots } from "../../linux/roots.ts";
import { superviseTool, type ToolNews } from "../../tool/supervise.ts";
import { removeLeftovers, unpackTool } from "../../tool/unpack.ts";
import type { StartSource } from "./source.ts";
import { toolEnvironment } from "./tool-environment.ts";

export interface EmbeddedToolOptions {
  config: Config;
  runtimeDir: string;
  roots: Roots;
}

/** Unpacks the tool now (throws NsomemError UNPACK or NO_BASH) and returns how to start it. */
export function embeddedTool(options: EmbeddedToolOptions): StartSource {
  const { runtimeDir, roots } = options;
  let { config } = options;
  const bash = findBash();
  removeLeftovers(runtimeDir);
  const unpacked = unpackTool(runtimeDir);
  return ({ onLine, onNews }, startPid) => {
    let corePid = startPid;
    const tool = superviseTool({
      command: [bash, unpacked.script, "-v", "-m", "NaN"],
      cwd: unpacked.dir,
      env: toolEnvironment(config, roots, corePid),
      // Design: silent for 3 intervals + 1 s. Asked at each check, so that a reload changes it.
      get silenceMsMax() {
        return 3 * config.tool.interval_max + 1000;
      },
      onLine,
      onNews: (news) => onNews(...sentenceOf(news)),
    });
    return {
      state: tool.state,
      isDelivering: tool.isDelivering,
      follow(pid) {
        corePid = pid;
        tool.restartWith(toolEnvironment(config, roots, pid));
      },
      reconfigure(changed) {
        const before = JSON.stringify(toolEnvironment(config, roots, corePid));
        config = changed;
        const env = toolEnvironment(config, roots, corePid);
        if (JSON.stringify(env) !== before) tool.restartWith(env);
      },
      async stop() {
        await tool.stop();
        unpacked.remove();
      },
    };
  };
}

/** Throws NsomemError NO_BASH. */
export function findBash(): string {
  const bash = Bun.which("bash") ?? Bun.which("bash", { PATH: "/bin:/usr/bin:/usr/local/bin" });
  if (bash) return bash;
  throw new NsomemError("NO_BASH", "bash was not found; the measuring tool needs it", exitCodes.failed);
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
      const what = `plot.sh has been silent for ${news.silenceMs} ms (PID ${news.pid}).`;
      return [`${what} Sampling in-process; restarting it.`, "warning"];
    }
    case "stderr":
      return [`plot.sh: ${news.line.slice(0, 300)}`, "warning"];
  }
}
