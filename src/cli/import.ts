/** `nsomem import`: old files become part of the history. */

import { statSync } from "node:fs";
import { defineCommand } from "citty";
import { describeError, NsomemError } from "../core/errors.ts";
import { hint } from "../core/hint.ts";
import { formatKib, formatTime } from "../core/units.ts";
import type { OldFiles } from "../record/import.ts";
import type { Day } from "../record/wall-clock.ts";
import type { Written } from "../record/write-old-rows.ts";
import { print } from "../ui/print.ts";
import { openProgress } from "../ui/progress.ts";
import { openFiles, parseDate } from "./old-files.ts";
import { homeArgs, pathsOf } from "./options.ts";

export default defineCommand({
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
    ...homeArgs("into the history below DIR, which is made where there is none"),
  },
  async run({ args }) {
    const { history } = pathsOf(args);
    const { firstMs, lastMs, notes } = await importAll(args._, parseDate(args.date), history);
    for (const note of notes) print(note);
    print(`Imported ${formatTime(firstMs)} to ${formatTime(lastMs)} into ${history}.`);
    const window = `--since ${formatTime(firstMs)} --until ${formatTime(lastMs + 1000)}`;
    print(`Draw it: ${hint(`graph ${window}`)}`);
    print(
      "A running agent removes what is older than its retention: keep old files in a --home of their own.",
    );
  },
});

/** ^C ends it at once: what was written by then is whole, and is replaced when the files are imported again. */
async function importAll(
  paths: readonly string[],
  firstDay: Day | undefined,
  history: string,
): Promise<Written & { notes: string[] }> {
  const sizes = paths.map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  const progress = openProgress({ what: "import", total, format: (bytes) => formatKib(bytes / 1024) });
  const files = await openFiles(paths, firstDay, progress.at);
  try {
    return { ...(await takeOver(files, history)), notes: files.notes() };
  } finally {
    files.close();
    progress.end();
  }
}

/** Throws NsomemError IMPORT. */
async function takeOver(files: OldFiles, history: string): Promise<Written> {
  const { writeOldRows } = await import("../record/write-old-rows.ts");
  try {
    const written = writeOldRows(history, files);
    if (!written) throw new NsomemError("IMPORT", "these files hold no measurement; nothing was imported");
    return written;
  } catch (error) {
    if (error instanceof NsomemError && error.code === "IMPORT") throw error;
    throw new NsomemError("IMPORT", `cannot write ${history}: ${describeError(error)}`);
  }
}
