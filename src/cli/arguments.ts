/** Refuses what citty 0.2.2 lets pass: unknown flags, extra arguments, a flag without its value (facts 4.22). */

import type { ArgsDef } from "citty";
import { type NsomemError, usageError } from "../core/errors.ts";
import { hint } from "../core/hint.ts";
import { nearest } from "../core/nearest.ts";
import { shown } from "../core/shown.ts";

/** Throws NsomemError USAGE (exit 2) naming the word and the nearest valid one. */
export function checkArguments(command: string, rawArgs: readonly string[], args: ArgsDef): void {
  const positionals = Object.entries(args).filter(([, definition]) => definition.type === "positional");
  // citty knows no list of arguments: a value hint ending in … says that the last one repeats.
  const last = positionals.at(-1)?.[1];
  const repeats = last !== undefined && "valueHint" in last && last.valueHint?.endsWith("…") === true;
  let seen = 0;
  let isValue = false;
  for (const [index, word] of rawArgs.entries()) {
    if (isValue) {
      isValue = false;
      continue;
    }
    if (word === "--" || !word.startsWith("-") || word === "-") {
      if (word === "--") continue;
      seen++;
      if (seen > positionals.length && !repeats)
        throw usage(command, `does not take the argument "${shown(word)}"`);
      continue;
    }
    isValue = checkFlag(command, word, rawArgs[index + 1], args);
  }
  const missing = positionals.slice(seen).find(([, definition]) => definition.required !== false);
  if (!missing) return;
  const [name, { description }] = missing;
  throw usage(command, `needs ${name.toUpperCase()}${description ? `: ${description}` : ""}`);
}

/** True when the flag takes the next word as its value. */
function checkFlag(command: string, word: string, next: string | undefined, args: ArgsDef): boolean {
  const equals = word.indexOf("=");
  const flag = equals < 0 ? word : word.slice(0, equals);
  const inlineValue = equals < 0 ? undefined : word.slice(equals + 1);
  const names = flagNames(args);
  const definition = names.get(flag);
  if (!definition) {
    const guess = nearest(flag, [...names.keys(), "--help"]);
    throw usage(command, `has no flag ${shown(flag)}${guess ? `; did you mean ${guess}?` : ""}`);
  }
  if (definition.type === "boolean") {
    if (inlineValue !== undefined)
      throw usage(command, `takes no value for ${flag}, but got "${shown(inlineValue)}"`);
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
  return usageError(`${command} ${complaint}. See ${hint(command.replace(/^nsomem/, "help"))}.`);
}
