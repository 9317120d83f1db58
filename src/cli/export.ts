/** `nsomem export`: a recording as CSV, as JSON or as the inherited data files. */

import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { defineCommand } from "citty";
import { usageError } from "../core/errors.ts";
import type { Recording } from "../core/recording.ts";
import { wallMs } from "../linux/host-clock.ts";
import { csvOf, jsonOf, rowsAPiece } from "../record/export.ts";
import { writePieces, writePiecesOut } from "../record/pieces.ts";
import { plotFilesOf } from "../record/plot-files.ts";
import { print } from "../ui/print.ts";
import { longWork } from "./long-work.ts";
import { readMeasured } from "./measured.ts";
import { homeArgs } from "./options.ts";
import { windowArgs } from "./window.ts";

const formats = ["csv", "json", "plot"];

export default defineCommand({
  args: {
    format: { type: "string", valueHint: "csv|json|plot", description: "plot: the inherited data files" },
    ...windowArgs,
    out: {
      type: "string",
      valueHint: "PATH",
      description: "file to write (default: standard output); with plot a directory (default: data)",
    },
    ...homeArgs("from the history below DIR, which start --home DIR keeps there"),
  },
  async run({ args }) {
    const format = args.format ?? "csv";
    if (!formats.includes(format)) throw usageError(`--format takes ${formats.join(", ")}, not "${format}"`);
    const recording = readMeasured(args, wallMs());
    const progress = { what: "export", total: rowsIn(recording, format), format: rowsText };
    await longWork(progress, async (step) => {
      let rows = 0;
      const onPiece = () => {
        rows += rowsAPiece;
        return step(rows);
      };
      if (format === "plot") return await writePlotFiles(recording, resolve(args.out ?? "data"), onPiece);
      const pieces = format === "csv" ? csvOf(recording) : jsonOf(recording);
      if (args.out === undefined) await writePiecesOut(pieces, onPiece);
      else await writePieces(resolve(args.out), pieces, onPiece);
    });
  },
});

async function writePlotFiles(
  recording: Recording,
  directory: string,
  onPiece: () => Promise<void>,
): Promise<void> {
  for (const { path, pieces } of plotFilesOf(recording)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    await writePieces(file, pieces, onPiece);
    print(file);
  }
}

/** About how many: a process may have rows of its own between the host's. */
function rowsIn({ host, processes }: Recording, format: string): number {
  const ticks = host.atMs.length;
  if (format === "csv") return ticks;
  if (format === "plot") return ticks * processes.length;
  return ticks + processes.reduce((total, { atMs }) => total + atMs.length, 0);
}

function rowsText(rows: number): string {
  return `${Math.round(rows).toLocaleString("en")} rows`;
}
