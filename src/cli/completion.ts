/** `nsomem completion SHELL`: what a shell needs to complete commands, options and their values. */

import { defineCommand } from "citty";
import { usageError } from "../core/errors.ts";
import { print } from "../ui/print.ts";
import type { CommandGroups } from "./commands/entry.ts";
import { bashCompletion } from "./help/completion/bash.ts";
import { completed } from "./help/completion/completed.ts";
import { fishCompletion } from "./help/completion/fish.ts";
import { zshCompletion } from "./help/completion/zsh.ts";

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export const completionCommand = (all: CommandGroups) =>
  defineCommand({
    args: {
      shell: { type: "positional", valueHint: "bash|zsh|fish", description: "the shell", required: true },
    },
    async run({ args }) {
      const script = Object.entries(shells).find(([name]) => name === args.shell)?.[1];
      if (!script)
        throw usageError(
          `completions are there for ${Object.keys(shells).join(", ")}, not for "${args.shell}"`,
        );
      print(script(await completed(all)).trimEnd());
    },
  });
