/** From the words of the command line to the `run` of one command. Refuses what is wrong and prints the help. */

import { resolve } from "node:path";
import { parseArgs, runCommand } from "citty";
import { exitCodes, usageError } from "../core/errors.ts";
import { type Given, setHints } from "../core/hint.ts";
import { commit, version } from "../core/version.ts";
import { wallMs } from "../linux/host-clock.ts";
import { typedName } from "../linux/self.ts";
import { followTimeZone } from "../linux/time-zone.ts";
import { print } from "../ui/print.ts";
import { checkArguments } from "./arguments.ts";
import type { Command } from "./commands/entry.ts";
import { commands, groups, ownProcesses } from "./commands.ts";
import { argsOf, subCommandsOf } from "./help/described.ts";
import { aliases, unknownCommand } from "./other-names.ts";

/** Runs the command that `words` name and returns its exit code. Throws NsomemError USAGE for an unknown command or flag. */
export async function dispatch(words: readonly string[]): Promise<number> {
  setHints({}, typedName);
  const [name, ...rest] = withoutAlias(words);
  if (name === undefined) return await showFirstScreen();
  if (isHelp(name)) {
    const { helpPage } = await import("./help/help-page.ts");
    print(await helpPage(groups, []));
    return exitCodes.done;
  }
  if (name === "--version") {
    print(`nsomem ${version} (${commit})`);
    return exitCodes.done;
  }
  const entry = own(commands, name) ?? own(ownProcesses, name);
  if (!entry) throw unknownCommand("", [name, ...rest], Object.keys(commands));
  followTimeZone(process.env.TZ, wallMs());
  const { default: command } = await entry.load(groups);
  const run = runLeaf(name, command, rest);
  return await (entry.onError ? run.catch(entry.onError) : run);
}

/** How things stand here, where there is something to say, and the help. Ends with 2 where there is the help alone. */
async function showFirstScreen(): Promise<number> {
  followTimeZone(process.env.TZ, wallMs());
  const [{ firstScreen }, { helpPage, shortHelp }] = await Promise.all([
    import("./first-screen.ts"),
    import("./help/help-page.ts"),
  ]);
  const standing = firstScreen();
  print(standing === undefined ? await helpPage(groups, []) : `${standing}\n\n${shortHelp(groups)}`);
  return standing === undefined ? exitCodes.usage : exitCodes.done;
}

async function runLeaf(path: string, command: Command, words: readonly string[]): Promise<number> {
  const subCommands = await subCommandsOf(command);
  const [first, ...rest] = words;
  const parts = Object.keys(subCommands);
  if (parts.length > 0 && first && !first.startsWith("-")) {
    const chosen = own(subCommands, first);
    if (chosen) return await runLeaf(`${path} ${first}`, chosen, rest);
    throw unknownCommand(path, words, parts);
  }
  const optionWords = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  if (optionWords.some(isHelp)) {
    const { helpPage } = await import("./help/help-page.ts");
    print(await helpPage(groups, path.split(" ")));
    return exitCodes.done;
  }
  if (!command.run) throw usageError(`nsomem ${path} needs one of: ${parts.join(", ")}`);
  const args = await argsOf(command);
  checkArguments(`nsomem ${path}`, words, args);
  setHints(givenBy(parseArgs([...words], args)), typedName);
  const { result } = await runCommand({ ...command, subCommands: {} }, { rawArgs: [...words] });
  return typeof result === "number" ? result : exitCodes.done;
}

/** `bundle --redact` becomes `incidents bundle --redact`. */
function withoutAlias([name, ...rest]: readonly string[]): readonly string[] {
  const alias = name === undefined ? undefined : own(aliases, name);
  return alias === undefined ? (name === undefined ? [] : [name, ...rest]) : [...alias.split(" "), ...rest];
}

/** Absolute: what is said in a log is pasted in another directory. */
function givenBy(args: Readonly<Record<string, unknown>>): Given {
  const { home, name, config } = args;
  const path = (value: unknown) => (typeof value === "string" ? resolve(value) : undefined);
  return { home: path(home), name: typeof name === "string" ? name : undefined, config: path(config) };
}

/** Own properties only: `nsomem constructor` must not find Object.prototype's. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}
