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
  demo: {
    summary: "Show a rescue from start to end, on a stand-in for NSO",
    load: () => import("./demo.ts"),
  },
  extract: {
    summary: "Write the embedded measuring tool into a directory",
    load: () => import("./extract.ts"),
  },
  "callback-host": { load: () => import("./callback-host.ts") },
};
