/** `nsomem export`: a recording as CSV, as JSON or as the inherited data files. */

import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { defineCommand } from "citty";
import { usageError } from "../core/errors.ts";
import { wallMs } from "../linux/host-clock.ts";
import { csvOf, jsonOf } from "../record/export.ts";
import { writePieces, writePiecesOut } from "../record/pieces.ts";
import { plotFilesOf } from "../record/plot-files.ts";
import { print } from "../ui/print.ts";
import { readMeasured } from "./measured.ts";
import { homeArg } from "./options.ts";
import { windowArgs } from "./window.ts";

const formats = ["csv", "json", "plot"];

export default defineCommand({
  meta: { name: "export", description: "What was measured, for spreadsheets, programs and gnuplot scripts" },
  args: {
    format: { type: "string", valueHint: "csv|json|plot", description: "plot: the inherited data files" },
    ...windowArgs,
    out: {
      type: "string",
      valueHint: "PATH",
      description: "file to write (default: standard output); with plot a directory (default: data)",
    },
    ...homeArg,
  },
  async run({ args }) {
    const format = args.format ?? "csv";
    if (!formats.includes(format)) throw usageError(`--format takes ${formats.join(", ")}, not "${format}"`);
    const recording = readMeasured(args, wallMs());
    if (format === "plot") {
      const directory = resolve(args.out ?? "data");
      for (const { path, pieces } of plotFilesOf(recording)) {
        const file = join(directory, path);
        mkdirSync(dirname(file), { recursive: true });
        await writePieces(file, pieces);
        print(file);
      }
      return;
    }
    const pieces = format === "csv" ? csvOf(recording) : jsonOf(recording);
    if (args.out === undefined) await writePiecesOut(pieces);
    else await writePieces(resolve(args.out), pieces);
  },
});
