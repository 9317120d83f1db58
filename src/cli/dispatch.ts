/** From the words of the command line to the `run` of one command. Refuses what is wrong and prints the help. */

import { type ArgsDef, renderUsage, runCommand } from "citty";
import { exitCodes, type NsomemError, usageError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { shown } from "../core/shown.ts";
import { commit, version } from "../core/version.ts";
import { wallMs } from "../linux/host-clock.ts";
import { followTimeZone } from "../linux/time-zone.ts";
import { print } from "../ui/print.ts";
import { checkArguments } from "./arguments.ts";
import { type Command, commands } from "./commands.ts";

/** Runs the command that `words` name and returns its exit code. Throws NsomemError USAGE for an unknown command or flag. */
export async function dispatch(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || isHelp(name)) {
    print(overview());
    return name === undefined ? exitCodes.usage : exitCodes.done;
  }
  // Own properties only: `nsomem constructor` must not find Object.prototype's.
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!entry) {
    const known = listed().map(([listedName]) => listedName);
    throw unknownCommand(name, known);
  }
  followTimeZone(process.env.TZ, wallMs());
  const { default: command } = await entry.load();
  return await runLeaf(`nsomem ${name}`, command, rest);
}

async function runLeaf(path: string, command: Command, words: readonly string[]): Promise<number> {
  const subCommands = (await resolve(command.subCommands)) as Record<string, Command> | undefined;
  const [first, ...rest] = words;
  if (subCommands && first && !first.startsWith("-")) {
    const chosen = Object.hasOwn(subCommands, first) ? await resolve(subCommands[first]) : undefined;
    if (chosen) return await runLeaf(`${path} ${first}`, chosen, rest);
    throw unknownCommand(first, Object.keys(subCommands), path);
  }
  const optionWords = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  if (optionWords.some(isHelp)) {
    print(await help(path, command));
    return exitCodes.done;
  }
  if (!command.run) throw usageError(`${path} needs one of: ${Object.keys(subCommands ?? {}).join(", ")}`);
  const args = ((await resolve(command.args)) ?? {}) as ArgsDef;
  checkArguments(path, words, args);
  const { result } = await runCommand({ ...command, subCommands: {} }, { rawArgs: [...words] });
  return typeof result === "number" ? result : exitCodes.done;
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

function overview(): string {
  const width = Math.max(...listed().map(([name]) => name.length));
  const rows = listed().map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    `nsomem ${version} (${commit}): memory rescue for Cisco NSO`,
    "",
    "Usage: nsomem COMMAND [options]",
    "",
    ...rows,
    "",
    "nsomem COMMAND --help shows the options of one command; nsomem --version the version.",
  ].join("\n");
}

function listed(): [name: string, summary: string][] {
  return Object.entries(commands).flatMap(([name, { summary }]) => (summary ? [[name, summary]] : []));
}

/** citty's usage page without colours: citty does not ask whether this is a terminal. */
async function help(path: string, command: Command): Promise<string> {
  const meta = (await resolve(command.meta)) as { name?: string } | undefined;
  const text = Bun.stripANSI(await renderUsage({ ...command, meta: { ...meta, name: path } }));
  return text.trimEnd();
}

function unknownCommand(name: string, known: string[], path = "nsomem"): NsomemError {
  const guess = nearest(name, known);
  const wayOut = guess ? `did you mean "${path} ${guess}"?` : `one of: ${known.join(", ")}`;
  return usageError(`${path} has no command "${shown(name)}"; ${wayOut}`);
}

async function resolve<T>(
  value: T | (() => T | Promise<T>) | Promise<T> | undefined,
): Promise<T | undefined> {
  return typeof value === "function" ? await (value as () => T | Promise<T>)() : await value;
}
