/** Reads nsomem.toml and says what is wrong with it by file, line and column. */

import { readFileSync } from "node:fs";
import { parse, TomlError } from "smol-toml";
import { type Config, parseConfig } from "../core/config.ts";
import type { ConfigIssue } from "../core/config-issue.ts";
import { describeError, errnoOf, exitCodes, NsomemError } from "../core/errors.ts";
import { shownText } from "../core/shown.ts";
import { actionKinds } from "../rescue/action-kinds.ts";
import { positionOf } from "./toml-position.ts";

/** Of the lines of the file that a complaint shows. */
const sourceBounds = { lengthMax: 200 };

/** A configuration as it was read: with the text, so that complaints can show the place. */
export interface ReadConfig {
  /** Absent when there is no file and none was demanded. */
  file: string | undefined;
  config: Config;
  text: string;
  /** What the file holds, before defaults. */
  document: Record<string, unknown>;
}

/**
 * The effective configuration, with what it was made from. `required` is a file that was named on the command line: it
 * must exist; the usual place may be empty. Throws NsomemError CONFIG (exit 2) with one paragraph per complaint.
 */
export function readConfig(path: string, { required }: { required: boolean }): ReadConfig {
  const text = readConfigText(path, required);
  const document = text === undefined ? {} : parseToml(path, text);
  const parsed = parseConfig(document, actionKinds);
  if ("config" in parsed)
    return { file: text === undefined ? undefined : path, config: parsed.config, text: text ?? "", document };
  throw configError(path, text ?? "", parsed.issues);
}

/** One error for all complaints about the file. */
export function configError(path: string, text: string, issues: readonly ConfigIssue[]): NsomemError {
  const complaints = issues.map((issue) => {
    const at = positionOf(text, issue.path, issue.given);
    const line = at.text.trim() === "" ? "" : `\n    ${shownText(at.text.trimEnd(), sourceBounds)}`;
    return `${path}:${at.line}:${at.column}: ${issue.message}${line}`;
  });
  return new NsomemError("CONFIG", shownText(complaints.join("\n")), exitCodes.usage);
}

function readConfigText(path: string, required: boolean): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT" && !required) return undefined;
    throw new NsomemError(
      "CONFIG",
      `cannot read the configuration: ${describeError(error)}`,
      exitCodes.usage,
    );
  }
}

function parseToml(path: string, text: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split("\n")[0]?.replace("Invalid TOML document: ", "");
    const place = `${path}:${error.line}:${error.column}`;
    throw new NsomemError(
      "CONFIG",
      `${place}: ${reason}\n${shownText(error.codeblock.trimEnd(), sourceBounds)}`,
      exitCodes.usage,
    );
  }
}
