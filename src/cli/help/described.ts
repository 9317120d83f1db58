/** A command's sentences joined with what its file says of its arguments. Loads that file. */

import type { ArgsDef, CommandDef } from "citty";
import type { CommandEntry, CommandGroups } from "../commands/entry.ts";
import type { DescribedCommand } from "./document.ts";

/** A command, and after it its parts: `incidents`, `incidents list`, … */
export async function describedCommands(
  name: string,
  entry: CommandEntry,
  all: CommandGroups,
): Promise<DescribedCommand[]> {
  const { default: command } = await entry.load(all);
  const described = Object.entries(entry.parts ?? {});
  const own = {
    path: name,
    description: entry,
    parts: described.map(([part, { summary }]) => [part, summary] as const),
    args: await argsOf(command),
  };
  const subCommands = await subCommandsOf(command);
  const parts = described.map(async ([part, description]) => ({
    path: `${name} ${part}`,
    description,
    parts: [],
    args: await argsOf(subCommands[part]),
  }));
  return [own, ...(await Promise.all(parts))];
}

/** What citty may be given as a function or a promise, resolved. */
export async function subCommandsOf(command: CommandDef | undefined): Promise<Record<string, CommandDef>> {
  const subCommands = (await resolved(command?.subCommands)) ?? {};
  const each = Object.entries(subCommands).map(async ([name, part]) => [name, await resolved(part)] as const);
  return Object.fromEntries(await Promise.all(each)) as Record<string, CommandDef>;
}

export async function argsOf(command: CommandDef | undefined): Promise<ArgsDef> {
  return ((await resolved(command?.args)) ?? {}) as ArgsDef;
}

async function resolved<T>(
  value: T | (() => T | Promise<T>) | Promise<T> | undefined,
): Promise<T | undefined> {
  return typeof value === "function" ? await (value as () => T | Promise<T>)() : await value;
}
