/** Reads nsomem.toml and says what is wrong with it by file, line and column. */

import { closeSync } from "node:fs";
import { parse, TomlError } from "smol-toml";
import { type Config, parseConfig } from "../core/config.ts";
import type { ConfigIssue } from "../core/config-issue.ts";
import { describeError, errnoOf, exitCodes, NsomemError } from "../core/errors.ts";
import { shownText } from "../core/shown.ts";
import { openRegular, type RegularFile, readText } from "../linux/regular-file.ts";
import { actionKinds } from "../rescue/action-kinds.ts";
import { positionOf } from "./toml-position.ts";
import { refuseUntrustedFile } from "./trust.ts";

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
  return parsed(
    path,
    readConfigText(path, required, () => {}),
  );
}

/** The same for what is obeyed: UNTRUSTED (exit 2) where others could write the file. */
export function readTrustedConfig(path: string, { required }: { required: boolean }): ReadConfig {
  return parsed(path, readConfigText(path, required, refuseUntrustedFile));
}

function parsed(path: string, text: string | undefined): ReadConfig {
  const document = text === undefined ? {} : parseToml(path, text);
  const checked = parseConfig(document, actionKinds);
  if ("config" in checked)
    return {
      file: text === undefined ? undefined : path,
      config: checked.config,
      text: text ?? "",
      document,
    };
  throw configError(path, text ?? "", checked.issues);
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

/** The commented template has 12 KiB. */
const bytesMax = 1024 * 1024;

function readConfigText(
  path: string,
  required: boolean,
  check: (path: string, file: RegularFile) => void,
): string | undefined {
  const file = openConfig(path, required);
  if (!file) return undefined;
  try {
    check(path, file);
    return readText(file.descriptor, file.stats.size);
  } finally {
    closeSync(file.descriptor);
  }
}

function openConfig(path: string, required: boolean): RegularFile | undefined {
  try {
    return openRegular(path, { of: "anyone", bytesMax });
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
