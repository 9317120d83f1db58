/** Reads nsomem.toml and says what is wrong with it by file and line. */

import { readFileSync } from "node:fs";
import { parse, TomlError } from "smol-toml";
import { type Config, type ConfigIssue, defaultConfig, parseConfig } from "../core/config.ts";
import { errnoOf, NsomemError } from "../core/errors.ts";

/**
 * The effective configuration. `required` is a file that was named on the command line: it must exist; the default
 * place may be empty. Throws NsomemError CONFIG (exit 2) with one line per complaint.
 */
export function loadConfig(path: string, { required }: { required: boolean }): Config {
  const text = readConfigText(path, required);
  if (text === undefined) return defaultConfig();
  const parsed = parseConfig(parseToml(path, text));
  if ("config" in parsed) return parsed.config;
  const complaints = parsed.issues.map((issue) => `${path}:${lineOf(text, issue)}: ${issue.message}`);
  throw new NsomemError("CONFIG", complaints.join("\n"), 2);
}

function readConfigText(path: string, required: boolean): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT" && !required) return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new NsomemError("CONFIG", `cannot read the configuration: ${reason}`, 2);
  }
}

function parseToml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split("\n")[0]?.replace("Invalid TOML document: ", "");
    throw new NsomemError(
      "CONFIG",
      `${path}:${error.line}:${error.column}: ${reason}\n${error.codeblock.trimEnd()}`,
      2,
    );
  }
}

/** The line where the key of a complaint stands: in its section if there is one. 1 when it is not written at all. */
function lineOf(text: string, { path }: ConfigIssue): number {
  const [section, key] = path.map(String);
  const lines = text.split("\n");
  const header = lines.findIndex((line) => line.trim() === `[${section}]`);
  if (key === undefined) return header >= 0 ? header + 1 : keyLine(lines, 0, String(section));
  return header < 0 ? keyLine(lines, 0, key) : keyLine(lines, header, key);
}

function keyLine(lines: string[], from: number, key: string): number {
  const found = lines.findIndex((line, index) => index >= from && line.split("=")[0]?.trim() === key);
  return found >= 0 ? found + 1 : from + 1;
}
