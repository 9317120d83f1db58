/** Refuses what citty 0.2.2 lets pass: unknown flags, extra arguments, a flag without its value (facts 4.22). */

import type { ArgsDef } from "citty";
import { NsomemError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";

/** Throws NsomemError USAGE (exit 2) naming the word and the nearest valid one. */
export function checkArguments(command: string, rawArgs: readonly string[], args: ArgsDef): void {
  const positionals = Object.entries(args).filter(([, definition]) => definition.type === "positional");
  // citty knows no list of arguments: a value hint ending in … says that the last one repeats.
  const last = positionals.at(-1)?.[1];
  const repeats = last !== undefined && "valueHint" in last && last.valueHint?.endsWith("…") === true;
  let seen = 0;
  for (let index = 0; index < rawArgs.length; index++) {
    const word = rawArgs[index] ?? "";
    if (word === "--" || !word.startsWith("-") || word === "-") {
      if (word === "--") continue;
      seen++;
      if (seen > positionals.length && !repeats) throw usage(command, `does not take the argument "${word}"`);
      continue;
    }
    if (checkFlag(command, word, rawArgs[index + 1], args)) index++;
  }
  const missing = positionals.slice(seen).find(([, definition]) => definition.required !== false);
  if (missing) throw usage(command, `needs ${missing[0].toUpperCase()}: ${missing[1].description ?? ""}`);
}

/** True when the flag takes the next word as its value. */
function checkFlag(command: string, word: string, next: string | undefined, args: ArgsDef): boolean {
  const [flag = "", inlineValue] = word.split(/=(.*)/s, 2);
  const names = flagNames(args);
  const definition = names.get(flag);
  if (!definition) {
    const guess = nearest(flag, [...names.keys(), "--help"]);
    throw usage(command, `has no flag ${flag}${guess ? `; did you mean ${guess}?` : ""}`);
  }
  if (definition.type === "boolean") {
    if (inlineValue !== undefined)
      throw usage(command, `takes no value for ${flag}, but got "${inlineValue}"`);
    return false;
  }
  if (inlineValue !== undefined) return false;
  if (next === undefined || next.startsWith("-"))
    throw usage(
      command,
      `needs a value for ${flag}${definition.valueHint ? ` ${definition.valueHint}` : ""}`,
    );
  return true;
}

function flagNames(args: ArgsDef): Map<string, ArgsDef[string]> {
  const names = new Map<string, ArgsDef[string]>();
  for (const [name, definition] of Object.entries(args)) {
    if (definition.type === "positional") continue;
    names.set(`--${name}`, definition);
    if (!("alias" in definition)) continue;
    for (const alias of [definition.alias ?? []].flat())
      names.set(alias.length === 1 ? `-${alias}` : `--${alias}`, definition);
  }
  return names;
}

function usage(command: string, complaint: string): NsomemError {
  return new NsomemError("USAGE", `${command} ${complaint}. See ${command} --help.`, 2);
}
