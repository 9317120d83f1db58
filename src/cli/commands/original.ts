/** The commands that work with the original toolset, its files and its way of measuring, in the order of the help. */

import type { CommandEntries } from "./entry.ts";

export const original = {
  watch: {
    summary: "Follow a measuring tool's log and act on it",
    about:
      "The manual method: the tool runs in one terminal and writes a log, this follows it in another. The level that a line of the log says is obeyed.",
    examples: [["watch monitor.log action.log", "act on monitor.log, say so in action.log"]],
    load: () => import("../watch.ts"),
  },
  extract: {
    summary: "Write the embedded measuring tool into a directory",
    about: "plot.sh needs bash 4.4 and nothing else, and runs without nsomem.",
    examples: [["extract tool", "then: cd tool && bash plot.sh -v -m NaN"]],
    load: () => import("../extract.ts"),
  },
  import: {
    summary: "Take old data files and monitor logs into the history",
    about:
      "Of the original toolset, or of plot.sh. Times without a day count midnights from the file's time of modification, or from --date. A running agent removes what is older than its retention: give old files a --home of their own.",
    examples: [
      ["import --home old data/*/*.log", "the data files of a run"],
      ["import --home old --date 2026-01-13 monitor.log", "a log, of a known day"],
    ],
    load: () => import("../import.ts"),
  },
} satisfies CommandEntries;
