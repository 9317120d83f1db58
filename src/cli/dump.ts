/** `nsomem dump FILE`: what is in a crash dump, in words or as JSON. */

import { closeSync } from "node:fs";
import { defineCommand } from "citty";
import { describeError, NsomemError } from "../core/errors.ts";
import { formatKib } from "../core/units.ts";
import { openRegular, type RegularFile } from "../linux/regular-file.ts";
import { print, printJson } from "../ui/print.ts";
import { openProgress } from "../ui/progress.ts";

export default defineCommand({
  args: {
    file: { type: "positional", required: true, description: "the crash dump" },
    json: { type: "boolean", description: "JSON instead of text; sizes in bytes" },
    ledger: {
      type: "boolean",
      description: "only the first part, which has all figures: no names of messages, no holders of binaries",
    },
  },
  async run({ args }) {
    const { readDump } = await import("../dump/read-dump.ts");
    const { summaryText } = await import("../dump/summary-text.ts");
    const { becomeOwner } = await import("../linux/least-rights.ts");
    const { descriptor, stats } = openDump(args.file);
    const progress = openProgress({
      what: "reading",
      // What is compressed says only at its end how long it is.
      total: args.file.endsWith(".gz") ? undefined : stats.size,
      format: (bytes) => formatKib(bytes / 1024),
    });
    try {
      // Nothing of root's is needed from here on.
      const problem = becomeOwner(stats);
      if (problem !== undefined) throw new NsomemError("RIGHTS", `${problem}, who ${args.file} belongs to`);
      const options = { name: args.file, isLedgerOnly: args.ledger ?? false, onRead: progress.at };
      const summary = await readDump(descriptor, options);
      progress.end();
      if (args.json) return printJson(summary);
      print(summaryText(summary));
    } finally {
      progress.end();
      closeSync(descriptor);
    }
  },
});

/** Throws NsomemError naming the file, whatever is wrong with it. */
function openDump(path: string): RegularFile {
  try {
    return openRegular(path, { of: "anyone" });
  } catch (error) {
    if (error instanceof NsomemError) throw error;
    throw new NsomemError("FILE", `cannot read the dump: ${describeError(error)}`);
  }
}
