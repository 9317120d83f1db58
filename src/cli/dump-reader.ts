/**
 * The process that reads a crash dump after a rescue. Hidden: the agent starts it, with the dump open as its standard
 * input. It says the summary as JSON, or why there is none.
 */

import { fstatSync } from "node:fs";
import { defineCommand } from "citty";
import { NsomemError } from "../core/errors.ts";
import { hint } from "../core/hint.ts";
import { shellWord } from "../core/shell-word.ts";
import { readDump } from "../dump/read-dump.ts";
import { becomeLeastUrgent, becomeOwner, endWithParent } from "../linux/least-rights.ts";
import { printJson } from "../ui/print.ts";

const standardInput = 0;

export default defineCommand({
  meta: { name: "dump-reader", description: "Used by nsomem itself: reads a crash dump in its own process" },
  args: {
    ledger: { type: "boolean", description: "only the first part" },
    name: { type: "positional", required: true, description: "what errors call the dump" },
  },
  async run({ args }) {
    becomeLeastUrgent();
    const problem = becomeOwner(fstatSync(standardInput));
    if (problem !== undefined)
      throw new NsomemError("RIGHTS", `${problem}; try ${hint(`dump ${shellWord(args.name)}`)}`);
    endWithParent();
    printJson(await readDump(standardInput, { name: args.name, isLedgerOnly: args.ledger ?? false }));
  },
});
