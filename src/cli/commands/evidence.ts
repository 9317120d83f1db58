/** The commands that show what was measured and rescued, in the order of the help. */

import type { CommandEntries } from "./entry.ts";

export const evidence = {
  dump: {
    summary: "What used the memory, read from a crash dump",
    about:
      "Any Erlang crash dump will do: one that is cut, that is still being written, or that is compressed (.gz). 1.4 GB take about a second and 60 MB of memory. Messages are shown by their kind, never by value.",
    examples: [
      ["dump ncs_crash.dump", "who held the memory, in sentences"],
      ["dump ncs_crash.dump --json", "the figures, in bytes"],
    ],
    load: () => import("../dump.ts"),
  },
  evidence: {
    summary: "What a Java or Python VM, or the core, can tell now",
    about:
      "Read from outside of the process, which is not stopped for it. A JVM is sent SIGQUIT, for its thread dump, only where it catches that signal. What cannot be had says why.",
    examples: [
      ["evidence", "of the largest process of NSO's"],
      ["evidence 4711 --out DIR", "of process 4711, each piece in a file"],
    ],
    load: () => import("../evidence.ts"),
  },
  graph: {
    summary: "Draw what was measured: pictures, and report.html",
    about:
      "PNG and SVG, and a page to look into that needs no network. Nothing is drawn while memory is above normal. The pictures are those of the original toolset, and more.",
    examples: [
      ["graph", "the last run, into graphs/ of the state directory"],
      ["graph --since 2h --out /tmp/graphs", "the last two hours, elsewhere"],
      ["graph --data data", "the data files of plot.sh below data"],
    ],
    load: () => import("../graph.ts"),
  },
  stats: {
    summary: "Statistics, growth, and the recommended limits",
    examples: [
      ["stats", "of the last run"],
      ["stats --since 1d -v", "of a day, all that the original printed with -v"],
    ],
    load: () => import("../stats.ts"),
  },
  export: {
    summary: "What was measured, for other programs",
    examples: [
      ["export --since 1d > day.csv", "a spreadsheet of a day"],
      ["export --format json --out run.json", "the last run as JSON"],
      ["export --format plot --out data", "the data files of the original toolset"],
    ],
    load: () => import("../export.ts"),
  },
} satisfies CommandEntries;
