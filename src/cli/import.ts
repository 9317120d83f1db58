/** `nsomem import`: old files become part of the history. */

import { defineCommand } from "citty";
import { describeError, NsomemError } from "../core/errors.ts";
import { formatTime } from "../core/units.ts";
import { print } from "../ui/print.ts";
import { parseDate, recordingOf } from "./old-files.ts";
import { homeArg, pathsOf } from "./options.ts";

export default defineCommand({
  meta: {
    name: "import",
    description: "Take data files and monitor logs of the original toolset, or of plot.sh, into the history",
  },
  args: {
    file: {
      type: "positional",
      valueHint: "FILE…",
      description: "mem_NAME.log or a monitor log",
      required: true,
    },
    date: {
      type: "string",
      valueHint: "DAY",
      description: "the day of each file's first line (default: by the file's time of modification)",
    },
    ...homeArg,
  },
  async run({ args }) {
    const { history } = pathsOf(args);
    const recording = await recordingOf(args._, parseDate(args.date));
    const firstMs = recording.host.atMs[0];
    const lastMs = recording.host.atMs.at(-1);
    if (firstMs === undefined || lastMs === undefined)
      throw new NsomemError("IMPORT", "these files hold no measurement; nothing was imported");
    const { writeRecording } = await import("../record/write-recording.ts");
    try {
      writeRecording(history, recording);
    } catch (error) {
      throw new NsomemError("IMPORT", `cannot write ${history}: ${describeError(error)}`);
    }
    print(`Imported ${formatTime(firstMs)} to ${formatTime(lastMs)} into ${history}.`);
    const home = args.home === undefined ? "" : ` --home ${args.home}`;
    print(`Draw it: nsomem graph${home} --since ${formatTime(firstMs)} --until ${formatTime(lastMs + 1000)}`);
    print(
      "A running agent removes what is older than its retention: keep old files in a --home of their own.",
    );
  },
});
