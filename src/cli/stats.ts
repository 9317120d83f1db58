/** `nsomem stats`: statistics and recommended limits as text or as JSON. */

import { defineCommand } from "citty";
import { version } from "../core/version.ts";
import { wallMs } from "../linux/host-clock.ts";
import { print, printError, printJson } from "../ui/print.ts";
import { dataArgs, readAsked } from "./old-files.ts";
import { homeArgs } from "./options.ts";
import { statisticsOf } from "./statistics-text.ts";
import { windowArgs } from "./window.ts";

export default defineCommand({
  args: {
    ...windowArgs,
    ...dataArgs,
    verbose: {
      type: "boolean",
      alias: "v",
      description: "all figures that the original toolset printed with -v",
    },
    json: { type: "boolean", description: "for programs: memory in KiB, times in ISO 8601" },
    ...homeArgs("from the history below DIR, which start --home DIR keeps there"),
  },
  async run({ args }) {
    const recording = await readAsked(args, wallMs(), args.json ? printError : print);
    if (!args.json) {
      print(await statisticsOf(recording, { verbose: args.verbose ?? false }));
      return;
    }
    const { analyse } = await import("../report/statistics/analysis.ts");
    const { statisticsJson } = await import("../report/statistics/json.ts");
    printJson(statisticsJson(recording, analyse(recording), version));
  },
});
