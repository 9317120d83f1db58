/** A page of the help as blocks: what a terminal shows of it and what the man page shows are made of the same. */

import type { ArgsDef } from "citty";
import type { Description } from "../commands/entry.ts";

/** A text is one paragraph without line breaks; `words` in it are to be typed. */
export type Block =
  | { heading: string }
  | { paragraph: string }
  | { definitions: readonly Definition[] }
  | { list: readonly string[] }
  /** As it is, line by line. */
  | { literal: string };

export type Definition = readonly [term: string, text: string];

/** A command as it is described: `path` is `start` or `incidents show`. */
export interface DescribedCommand {
  path: string;
  description: Description;
  /** Its sub-commands with their sentences. */
  parts: readonly Definition[];
  args: ArgsDef;
}

/** The page of one command, without its head: usage, what else must be known, arguments, options, examples. */
export function commandBlocks(command: DescribedCommand): Block[] {
  const { path, description, parts, args } = command;
  const { about, examples } = description;
  const positionals = Object.entries(args).filter(([, { type }]) => type === "positional");
  const flags = Object.entries(args).filter(([, { type }]) => type !== "positional");
  return [
    { heading: "Usage" },
    { literal: usageOf(command) },
    ...(about ?? "")
      .split("\n\n")
      .filter((text) => text !== "")
      .map((paragraph) => ({ paragraph })),
    ...section(
      "Commands",
      parts.map(([part, summary]) => [`${path} ${part}`, summary]),
    ),
    ...section(
      "Arguments",
      positionals.map(([name, arg]) => [argumentName(name, arg), arg.description ?? ""]),
    ),
    ...section(
      "Options",
      flags.map(([name, arg]) => [flagForm(name, arg), arg.description ?? ""]),
    ),
    ...section(
      "Examples",
      examples.map(([words, what]) => [`nsomem ${words}`, what]),
    ),
  ];
}

function section(heading: string, definitions: Definition[]): Block[] {
  return definitions.length === 0 ? [] : [{ heading }, { definitions }];
}

/** `nsomem incidents show [ID] [options]` */
export function usageOf({ path, parts, args }: DescribedCommand): string {
  const positionals = Object.entries(args)
    .filter(([, { type }]) => type === "positional")
    .map(([name, arg]) =>
      arg.required === false ? `[${argumentName(name, arg)}]` : argumentName(name, arg),
    );
  const own = parts.map(([part]) => part).join("|");
  const options = Object.values(args).some(({ type }) => type !== "positional") ? ["[options]"] : [];
  return [
    "nsomem",
    path,
    ...(own === "" ? [] : [args.json ? `[${own}]` : own]),
    ...positionals,
    ...options,
  ].join(" ");
}

/** How a positional argument is called: its hint, else its name in capitals. Ends with `...` where it repeats. */
export function argumentName(name: string, arg: ArgsDef[string]): string {
  const hint = "valueHint" in arg ? arg.valueHint : undefined;
  return (hint ?? name.toUpperCase()).replace("…", "...");
}

/** `-v, --verbose` or `--home DIR`. */
function flagForm(name: string, arg: ArgsDef[string]): string {
  const hint = "valueHint" in arg && arg.valueHint ? ` ${arg.valueHint}` : "";
  const alias =
    "alias" in arg && arg.alias
      ? `${[arg.alias]
          .flat()
          .map((letter) => `-${letter}`)
          .join(", ")}, `
      : "";
  return `${alias}--${name}${hint}`;
}
