/** The commands that set nsomem up and try it, in the order of the help. */

import type { CommandEntries } from "./entry.ts";

export const setUp = {
  init: {
    summary: "Write a commented configuration to begin with",
    about:
      "nsomem.toml, callbacks.ts, and the types by which an editor completes callbacks.ts. A file that is there stays as it is. What can be written in them: nsomem help rules.",
    examples: [
      ["init", "where start looks for nsomem.toml"],
      ["init /etc/nsomem", "elsewhere"],
    ],
    load: () => import("../init.ts"),
  },
  config: {
    summary: "Check or show the configuration",
    examples: [["config check", "before start or reload"]],
    parts: {
      check: {
        summary: "Read a configuration as start would, and judge it",
        about: "Exit code 2 says that start would refuse it.",
        examples: [
          ["config check", "the one that start would read"],
          ["config check nsomem.toml", "another one"],
        ],
      },
      show: {
        summary: "The values in force, and where each came from",
        examples: [["config show", "each value with its origin: default, file or flag"]],
      },
    },
    load: () => import("../config.ts"),
  },
  reload: {
    summary: "Make the running agent take its configuration over anew",
    about: "A configuration with a mistake in it is refused; the one in force stays.",
    examples: [["reload", "after a change of nsomem.toml or callbacks.ts"]],
    load: () => import("../reload.ts"),
  },
  service: {
    summary: "Run nsomem as a service of systemd",
    examples: [["service install", "as root; for NSO's user: service install --user nso"]],
    parts: {
      install: {
        summary: "Write the unit, enable it, start it",
        about:
          "The unit is /etc/systemd/system/nsomem.service, and is written anew each time; settings of your own go into nsomem.service.d/. The binary must be where nobody else can replace it, such as /usr/local/bin.",
        examples: [
          ["service install", "as root"],
          ["service install --user nso", "as NSO's user, who needs much less"],
          ["service install --dry-run", "the unit and the steps, and nothing done"],
        ],
      },
      remove: {
        summary: "Stop and disable the service, remove its unit",
        about: "What it recorded stays, and so do drop-ins.",
        examples: [["service remove", "as root"]],
      },
      show: {
        summary: "Print the unit that install would write",
        examples: [
          ["service show --user nso", "of NSO's user"],
          ["service show --exec /usr/bin/nsomem", "for a package"],
        ],
      },
    },
    load: () => import("../service.ts"),
  },
  drill: {
    summary: "Try the whole path on a decoy, as it is configured",
    about:
      "A stand-in for NSO is started, and memory is said to be critical. NSO is not touched. Exit code 1 says that a step failed.",
    examples: [["drill", "about half a minute; a row for each step"]],
    load: () => import("../drill.ts"),
  },
  replay: {
    summary: "Run the rules over a recording",
    about: "Nothing is done: the table says which action would have run when, and which not and why.",
    examples: [
      ["replay monitor.log", "what the rules in force would have done"],
      ["replay history.db --config new.toml", "what other rules would have done"],
      ["replay monitor.log --expect decisions.log", "exit code 1 where it differs"],
    ],
    load: () => import("../replay.ts"),
  },
  demo: {
    summary: "Show a rescue from start to end, on a stand-in for NSO",
    about: "It takes real memory, never more than fits, for about half a minute.",
    examples: [["demo", "growth, debug dumps, SIGUSR1, a complete crash dump"]],
    load: () => import("../demo.ts"),
  },
  changes: {
    summary: "What each version changed for its user",
    examples: [["changes", "the newest first"]],
    load: () => import("../changes.ts"),
  },
  completion: {
    summary: "Completions for bash, zsh or fish",
    about:
      "make install puts them in place. They are text: nothing is started when a word is completed, but for the IDs of incidents.",
    examples: [
      ["completion bash > /etc/bash_completion.d/nsomem", "for all users"],
      ["completion zsh > /usr/local/share/zsh/site-functions/_nsomem", "likewise"],
      ["completion fish > ~/.config/fish/completions/nsomem.fish", "for you"],
    ],
    load: async (all) => ({ default: (await import("../completion.ts")).completionCommand(all) }),
  },
  man: {
    summary: "The man page, in troff",
    about: "make install puts it in place.",
    examples: [
      ["man > nsomem.1", "then: man -l nsomem.1"],
      ["man > /usr/local/share/man/man1/nsomem.1", "for all users: man nsomem"],
    ],
    load: async (all) => ({ default: (await import("../man.ts")).manCommand(all) }),
  },
  licenses: {
    summary: "The licences of what this binary carries",
    examples: [["licenses", "their texts"]],
    load: () => import("../licenses.ts"),
  },
} satisfies CommandEntries;
