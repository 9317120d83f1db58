/** The process that takes the evidence of one process of NSO's. Hidden: the agent starts it, and says of whom. */

import { defineCommand } from "citty";
import { lowerPriority, runEvidenceTask } from "../rescue/evidence/evidence-host.ts";
import { parseTask } from "../rescue/evidence/evidence-task.ts";

export default defineCommand({
  meta: { name: "evidence-host", description: "Used by nsomem itself: takes evidence in its own process" },
  async run() {
    lowerPriority();
    const stop = new AbortController();
    // What it started itself is ended with it.
    process.on("SIGTERM", () => stop.abort());
    await runEvidenceTask(parseTask(await Bun.stdin.text()), stop.signal);
  },
});
