/** What can be typed after `nsomem`, as the completions of every shell are made of it. */

import type { ArgsDef } from "citty";
import { type CommandGroups, commandsOf } from "../../commands/entry.ts";
import { describedCommands } from "../described.ts";
import { argumentName, type Definition, type DescribedCommand } from "../document.ts";
import { topics } from "../topics.ts";

/** What a value is completed to: names of files, or one of some words, or nothing. */
export type Value = "file" | "directory" | "incident" | "user" | "nothing" | readonly string[];

export interface CompletedFlag {
  /** `--verbose`, `-v` */
  names: readonly string[];
  description: string;
  /** Undefined of a switch. */
  value: { hint: string; is: Value } | undefined;
}

export interface CompletedCommand {
  /** `start`, `incidents show` */
  path: string;
  description: string;
  /** Of a command that has some: their names and sentences. */
  parts: readonly Definition[];
  flags: readonly CompletedFlag[];
  arguments: readonly { name: string; is: Value; repeats: boolean }[];
}

/** The commands, and after each its parts. */
export async function completed(all: CommandGroups): Promise<CompletedCommand[]> {
  const names = Object.keys(commandsOf(all));
  const described = Object.entries(commandsOf(all)).map(([name, entry]) =>
    describedCommands(name, entry, all),
  );
  return (await Promise.all(described)).flat().map((command) => ofCommand(command, names));
}

function ofCommand(command: DescribedCommand, names: readonly string[]): CompletedCommand {
  const entries = Object.entries(command.args);
  const help: CompletedFlag = { names: ["--help"], description: "show the options", value: undefined };
  return {
    path: command.path,
    description: command.description.summary,
    parts: command.parts.map(([path, summary]) => [path.split(" ").at(-1) ?? path, summary]),
    flags: [...entries.filter(([, { type }]) => type !== "positional").map(flagOf), help],
    arguments: entries
      .filter(([, { type }]) => type === "positional")
      .map(([name, arg]) => {
        const shown = argumentName(name, arg);
        const is = shown.startsWith("COMMAND") ? [...names, ...Object.keys(topics)] : completedTo(shown);
        return { name: shown, is, repeats: shown.endsWith("...") };
      }),
  };
}

function flagOf([name, arg]: [string, ArgsDef[string]]): CompletedFlag {
  const aliases = "alias" in arg ? [arg.alias ?? []].flat().map((letter) => `-${letter}`) : [];
  const hint = "valueHint" in arg ? arg.valueHint : undefined;
  return {
    names: [`--${name}`, ...aliases],
    description: arg.description ?? "",
    value: hint === undefined ? undefined : { hint, is: completedTo(hint) },
  };
}

/** What an argument takes is known by how it is called. */
function completedTo(name: string): Value {
  if (name.includes("|")) return name.split("|");
  if (/^ID$/.test(name)) return "incident";
  if (/^USER$/.test(name)) return "user";
  if (/^DIR$/.test(name)) return "directory";
  return /FILE|PATH|LOG$|RECORDING/.test(name) ? "file" : "nothing";
}
