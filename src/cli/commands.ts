/** Every command by name, in the groups of the help; each file is loaded only when its command runs. */

import { type CommandEntry, type CommandGroups, commandsOf } from "./commands/entry.ts";
import { everyDay } from "./commands/every-day.ts";
import { evidence } from "./commands/evidence.ts";
import { monitoring } from "./commands/monitoring.ts";
import { original } from "./commands/original.ts";
import { setUp } from "./commands/set-up.ts";

export const groups: CommandGroups = {
  "Every day": everyDay,
  Evidence: evidence,
  Monitoring: monitoring,
  "Set-up": setUp,
  "From the original toolset": original,
};

export const commands = commandsOf(groups);

/** Not for people: what nsomem starts itself as, in processes of their own. */
export const ownProcesses: Readonly<Record<string, Pick<CommandEntry, "load" | "onError">>> = {
  "dump-reader": { load: () => import("./dump-reader.ts") },
  "evidence-host": { load: () => import("./evidence-host.ts") },
  "callback-host": { load: () => import("./callback-host.ts") },
};
