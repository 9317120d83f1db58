/** Every command by name; each file is loaded only when its command runs. */

import type { CommandDef } from "citty";

/** A command file's default export: `run` returns the exit code, or nothing for 0. */
// biome-ignore lint/suspicious/noExplicitAny: citty's own type for a command of any arguments
export type Command = CommandDef<any>;

interface Entry {
  /** Absent: not for people, and not listed. */
  summary?: string;
  load: () => Promise<{ default: Command }>;
}

export const commands: Record<string, Entry> = {
  start: { summary: "Watch NSO's memory and rescue its evidence", load: () => import("./start.ts") },
  watch: {
    summary: "Follow a measuring tool's log and act on it",
    load: () => import("./watch.ts"),
  },
  stop: { summary: "End the running agent", load: () => import("./stop.ts") },
  status: { summary: "How things stand, at a glance", load: () => import("./status.ts") },
  incidents: {
    summary: "What was recorded of memory incidents; bundles to hand in",
    load: () => import("./incidents.ts"),
  },
  dump: {
    summary: "What used the memory, read from a crash dump",
    load: () => import("./dump.ts"),
  },
  evidence: {
    summary: "What a Java or Python VM, or the core, can tell of its memory now",
    load: () => import("./evidence.ts"),
  },
  doctor: {
    summary: "Whether a rescue would work here, and how to mend what would not",
    load: () => import("./doctor.ts"),
  },
  demo: {
    summary: "Show a rescue from start to end, on a stand-in for NSO",
    load: () => import("./demo.ts"),
  },
  graph: { summary: "Draw what was measured, and the report", load: () => import("./graph.ts") },
  stats: { summary: "Statistics and recommendation in the terminal", load: () => import("./stats.ts") },
  export: { summary: "What was measured, for other programs", load: () => import("./export.ts") },
  import: {
    summary: "Take old data files and monitor logs into the history",
    load: () => import("./import.ts"),
  },
  licenses: { summary: "The licences of what this binary carries", load: () => import("./licenses.ts") },
  reload: {
    summary: "Make the running agent take its configuration over anew",
    load: () => import("./reload.ts"),
  },
  config: { summary: "Check or show the configuration", load: () => import("./config.ts") },
  init: { summary: "Write a commented configuration to begin with", load: () => import("./init.ts") },
  drill: {
    summary: "Try the whole path with the installed configuration, on a decoy",
    load: () => import("./drill.ts"),
  },
  replay: {
    summary: "Run the rules over a recording",
    load: () => import("./replay.ts"),
  },
  extract: {
    summary: "Write the embedded measuring tool into a directory",
    load: () => import("./extract.ts"),
  },
  "dump-reader": { load: () => import("./dump-reader.ts") },
  "evidence-host": { load: () => import("./evidence-host.ts") },
  "callback-host": { load: () => import("./callback-host.ts") },
};
