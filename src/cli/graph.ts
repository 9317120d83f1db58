/** `nsomem graph`: draws the pictures and the report, without being a load on the host. */

import { setPriority } from "node:os";
import { resolve } from "node:path";
import { defineCommand } from "citty";
import { NsomemError } from "../core/errors.ts";
import { version } from "../core/version.ts";
import { findAgent } from "../linux/agent-lock.ts";
import { wallMs } from "../linux/host-clock.ts";
import { childOomScoreAdj, findOomDaemons } from "../linux/oom-daemons.ts";
import { writeOomScoreAdj } from "../linux/oom-score.ts";
import { ownProcDir } from "../linux/roots.ts";
import { reexecuteClamped } from "../linux/self.ts";
import { readStatus } from "../record/status-file.ts";
import { print } from "../ui/print.ts";
import { longWork } from "./long-work.ts";
import { dataArgs, readAsked } from "./old-files.ts";
import { type HomeArgs, homeArgs, pathsOf } from "./options.ts";
import { statisticsOf } from "./statistics-text.ts";
import { windowArgs } from "./window.ts";

export default defineCommand({
  args: {
    ...windowArgs,
    out: {
      type: "string",
      valueHint: "DIR",
      description: "where to (default: graphs/ of the state directory)",
    },
    ...dataArgs,
    only: {
      type: "string",
      valueHint: "NAME",
      description: "only the pictures with NAME in their file, without the report",
    },
    verbose: {
      type: "boolean",
      alias: "v",
      description: "also the statistics, with all figures that the original toolset printed with -v",
    },
    ...homeArgs("from the history below DIR, and into its graphs/"),
  },
  async run({ args, rawArgs }) {
    // Without the clamp a Bun process counts 5 GiB against CommitLimit (facts 4.1).
    reexecuteClamped(["graph", ...rawArgs], "at work");
    yieldToOthers();
    if (args.data === undefined) refuseUnderPressure(args);
    const recording = await readAsked(args, wallMs());
    const usualOut = args.data === undefined ? pathsOf(args).graphs : "graphs";
    const out = resolve(args.out ?? usualOut);
    const { drawAll, drawSome } = await import("../report/draw.ts");
    const options = { recording, outDir: out, version, nowMs: wallMs() };
    const progress = { what: "drawing", format: (drawn: number) => `${Math.round(drawn)} pictures` };
    const { only } = args;
    if (only !== undefined) {
      const files = await longWork(progress, (step) => drawSome({ ...options, onDrawn: step, only }));
      for (const file of files) print(resolve(out, file));
      return;
    }
    const drawn = await longWork(progress, (step) => drawAll({ ...options, onDrawn: step }));
    if (args.verbose) print(await statisticsOf(recording, { verbose: true }));
    else for (const { tone, text } of drawn.findings) print(`${tone.toUpperCase().padEnd(8)} ${text}`);
    for (const { file, reason } of drawn.leftOut) print(`left out: ${file} (${reason})`);
    if (!args.verbose) for (const sentence of drawn.recommendation.sentences) print(sentence);
    const pictures = drawn.files.filter((file) => file.endsWith(".png")).length;
    print(`Graphs: ${pictures} pictures as PNG and SVG below ${out}, report: ${resolve(out, "report.html")}`);
  },
});

/**
 * Drawing must not be the load that brings a server down, and the OOM killer takes it before NSO. The priority is not
 * 19: beside busy cores that leaves 1.5 % of one, and a report would take minutes.
 */
function yieldToOthers(): void {
  try {
    setPriority(10);
  } catch {}
  writeOomScoreAdj(ownProcDir, "self", childOomScoreAdj(findOomDaemons(ownProcDir), 1000));
}

/** While the agent sees memory above normal, drawing would be one load more. Throws NsomemError MEMORY_TIGHT. */
function refuseUnderPressure(args: HomeArgs): void {
  const paths = pathsOf(args);
  if (!findAgent(paths)) return;
  const physical = readStatus(paths.statusFile)?.memory.physical;
  if (!physical || physical.level === "normal") return;
  const now = `physical memory is at ${physical.percent} % (${physical.level})`;
  throw new NsomemError("MEMORY_TIGHT", `${now}: nothing is drawn until that has passed`);
}
