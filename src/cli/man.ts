/** `nsomem man`: the man page, made of what the help is made of. */

import { defineCommand } from "citty";
import { print } from "../ui/print.ts";
import type { CommandGroups } from "./commands/entry.ts";
import { manual } from "./help/man.ts";

export const manCommand = (all: CommandGroups) =>
  defineCommand({
    args: {},
    async run() {
      print((await manual(all)).trimEnd());
    },
  });
