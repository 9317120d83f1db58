/** The commands of every day, in the order of the help. */

import type { CommandEntries } from "./entry.ts";

export const everyDay = {
  status: {
    summary: "How things stand, at a glance",
    about: "Exit code 3 says that nsomem is not running. The keys of the JSON document: nsomem help json.",
    examples: [
      ["status", "memory, processes, what was done, what is wrong"],
      ["status --json", "the same for programs"],
      ["status --watch", "live, as nsomem top"],
    ],
    load: () => import("../status.ts"),
  },
  top: {
    summary: "The same live; arrow keys go back in its history",
    about: `Left and right move in time, up and down zoom, PgUp and PgDn move by a page, Home goes to the first measurement, End to now; q ends it. A column of history shows the most that was used in it.

On a pipe it prints once; on a dumb terminal and with NSOMEM_PLAIN=1 a line every 5 s.`,
    examples: [["top", "memory, who holds it, and what happened"]],
    load: () => import("../top.ts"),
  },
  start: {
    summary: "Watch NSO's memory and rescue its evidence",
    about: `It ends when NSO ends, as the original toolset does: what was started by hand for one NSO does not stay behind. With --wait it stays and waits for NSO to come back: a server that restarts NSO is watched on, so the service of systemd always waits. With --daemon it says which of both it does.

--dry-run records what would be done and does nothing to NSO.`,
    examples: [
      ["start --daemon --wait", "in the background, whenever NSO runs"],
      ["start", "in this terminal, until NSO ends or ^C"],
      ["start --dry-run", "only say what would be done"],
      ["start --daemon --name blue --conffile /etc/ncs-blue/ncs.conf", "one of several"],
    ],
    load: () => import("../start.ts"),
  },
  stop: {
    summary: "End the running agent",
    about: "NSO is not touched. What the agent had begun is finished by the next start.",
    examples: [["stop", "the agent ends within 2 seconds"]],
    load: () => import("../stop.ts"),
  },
  incidents: {
    summary: "What happened, step by step; one file to hand in",
    about: "Without a word after it: the list.",
    examples: [["incidents", "all incidents, newest first"]],
    parts: {
      list: {
        summary: "All incidents, newest first",
        examples: [["incidents list", "what came of each, and its ID"]],
      },
      show: {
        summary: "One incident, step by step",
        about: "Without an ID the newest.",
        examples: [
          ["incidents show", "the newest: what was done, and where its files are"],
          ["incidents show --json", "its steps for programs"],
        ],
      },
      bundle: {
        summary: "Everything about one incident in one .tar.gz",
        about: `Without an ID the newest. It holds the incident, its dumps, the readings and logs of that time and NSO's own logs, and a page that says what is in it.

Dumps and logs may hold configuration data: --redact leaves them out.`,
        examples: [
          ["incidents bundle", "one file to hand in"],
          ["incidents bundle --redact", "without dumps, logs and names"],
        ],
      },
    },
    load: () => import("../incidents.ts"),
  },
  doctor: {
    summary: "Whether a rescue would work here, and the way to mend it",
    about: "Exit code 1 says that something fails. Nothing is changed.",
    examples: [
      ["doctor", "what fails first, each with what to do"],
      ["doctor --all", "also what is fine"],
      ["doctor --json", "all checks for programs"],
    ],
    load: () => import("../doctor.ts"),
  },
  help: {
    summary: "This list, or all about one command",
    examples: [
      ["help", "the list"],
      ["help incidents show", "one command: its arguments, options and examples"],
    ],
    load: async (all) => ({ default: (await import("../help.ts")).helpCommand(all) }),
  },
} satisfies CommandEntries;
