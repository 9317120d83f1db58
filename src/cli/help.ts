/** `nsomem help [COMMAND]`: the list of commands, or the page of one. */

import { defineCommand } from "citty";
import { print } from "../ui/print.ts";
import type { CommandGroups } from "./commands/entry.ts";
import { helpPage } from "./help/help-page.ts";

export const helpCommand = (all: CommandGroups) =>
  defineCommand({
    args: {
      command: {
        type: "positional",
        valueHint: "COMMAND…",
        description: "a command, with its part where it has some: incidents show",
        required: false,
      },
    },
    async run({ args }) {
      print(await helpPage(all, args._));
    },
  });
