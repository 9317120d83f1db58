/** Complaints about a configuration, in the words of the one who wrote it: the value as written, and the way out. */

import type { z } from "zod";
import { nearest } from "./nearest.ts";
import { shown } from "./shown.ts";

/** One complaint about a configuration: the keys that lead to it (a misspelt one too) and the value as written. */
export interface ConfigIssue {
  path: PropertyKey[];
  message: string;
  given?: unknown;
}

/** What zod found at one place, in sentences. `knownKeys` are the keys that are allowed at a path. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  document: unknown,
  knownKeys: (path: readonly PropertyKey[]) => readonly string[],
): ConfigIssue[] {
  const where = keyName(issue.path);
  const given = valueAt(document, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(issue.path);
    return issue.keys.map((key) => {
      const guess = nearest(key, known);
      const wayOut = guess ? `did you mean "${guess}"?` : `known keys: ${known.join(", ")}`;
      return { path: [...issue.path, key], message: `unknown key "${shown(key)}"; ${wayOut}` };
    });
  }
  const is = given === undefined ? "is missing" : `is ${describeValue(given)}`;
  return [{ path: issue.path, message: `${where} ${is}; ${requirement(issue, given)}`, given }];
}

/** What is wrong with the value: the words after "is X;". */
function requirement(issue: z.core.$ZodIssue, given: unknown): string {
  if (issue.code === "invalid_type")
    return `it must be ${typeWords[issue.expected] ?? `a ${issue.expected}`}`;
  if (issue.code === "invalid_value") {
    const values = issue.values.map(String);
    const guess = typeof given === "string" ? nearest(given, values) : undefined;
    return guess ? `did you mean "${guess}"?` : `it must be one of: ${values.join(", ")}`;
  }
  return /^(must|has|is|needs)/.test(issue.message) ? `it ${issue.message}` : issue.message;
}

const typeWords: Record<string, string> = {
  array: "a list",
  int: "a whole number",
  object: "a table",
  boolean: "true or false",
};

function describeValue(value: unknown): string {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return "a table";
  return shown(JSON.stringify(value) ?? String(value), 80);
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** `physical.warning_percent`, `rule[2].name` counted from 1 as people do. */
function keyName(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key + 1}]` : `.${shown(String(key))}`))
    .join("")
    .replace(/^\./, "");
}
