/** `nsomem extract`: the measuring tool as files, to be run without nsomem. */

import { defineCommand } from "citty";
import { writeTool } from "../tool/unpack.ts";
import { print } from "../ui/print.ts";

export default defineCommand({
  args: { dir: { type: "positional", description: "directory, made if absent", required: true } },
  run({ args }) {
    const script = writeTool(args.dir);
    print(`${script}\nRun it there: bash plot.sh -v -m NaN`);
  },
});
