/** `nsomem stats`: statistics and recommended limits as text or as JSON. */

import { defineCommand } from "citty";
import { version } from "../core/version.ts";
import { wallMs } from "../linux/host-clock.ts";
import { print, printJson } from "../ui/print.ts";
import { readMeasured } from "./measured.ts";
import { homeArg } from "./options.ts";
import { windowArgs } from "./window.ts";

export default defineCommand({
  meta: { name: "stats", description: "Statistics of every series, growth, and the recommended limits" },
  args: {
    ...windowArgs,
    verbose: {
      type: "boolean",
      alias: "v",
      description: "all figures that the original toolset printed with -v",
    },
    json: { type: "boolean", description: "for programs: memory in KiB, times in ISO 8601" },
    ...homeArg,
  },
  async run({ args }) {
    const recording = readMeasured(args, wallMs());
    const { analyse } = await import("../report/statistics/analysis.ts");
    const analysis = analyse(recording);
    if (args.json) {
      const { statisticsJson } = await import("../report/statistics/json.ts");
      printJson(statisticsJson(recording, analysis, version));
      return;
    }
    const { statisticsText } = await import("../report/statistics/text.ts");
    const width = process.stdout.columns ?? 120;
    print(statisticsText(recording, analysis, { verbose: args.verbose ?? false, width }));
  },
});
