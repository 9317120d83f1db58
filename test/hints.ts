/** The commands that the code shows to be typed: those that go through `hint`, and those that do not. */

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const sourceDir = resolve(import.meta.dir, "../src");

export interface SourceFile {
  /** Below src/. */
  path: string;
  text: string;
}

export const sources: readonly SourceFile[] = readdirSync(sourceDir, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && path !== "core/hint.ts")
  .map((path) => ({ path, text: readFileSync(join(sourceDir, path), "utf8") }));

export interface FoundHint {
  path: string;
  line: number;
  /** As in the source, with what is put in: "incidents bundle ${incident.id}". */
  words: string;
}

/** The first argument of each call of `hint`, which is a string or a template. */
export function hintsIn({ path, text }: SourceFile): FoundHint[] {
  return [...text.matchAll(/\bhint\(\s*(?=["`])/g)].map((call) => {
    const from = call.index + call[0].length;
    return { path, line: text.slice(0, from).split("\n").length, words: literalAt(text, from) };
  });
}

/** The inside of the literal that begins at `from`; what is put into a template may hold templates itself. */
function literalAt(text: string, from: number): string {
  const quote = text[from];
  let depth = 0;
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (depth > 0) depth += text[at] === "{" ? 1 : text[at] === "}" ? -1 : 0;
    else if (quote === "`" && text.startsWith("${", at)) depth = text[++at] === "{" ? 1 : 0;
    else if (text[at] === quote) return text.slice(from + 1, at);
  }
  throw new Error(`a literal without an end: ${text.slice(from, from + 80)}`);
}

/** The expressions that are put into a template. */
export function putIn(words: string): string[] {
  const found: string[] = [];
  for (let at = words.indexOf("${"); at >= 0; at = words.indexOf("${", at)) {
    let depth = 1;
    const from = at + 2;
    for (at = from; depth > 0; at++) depth += words[at] === "{" ? 1 : words[at] === "}" ? -1 : 0;
    found.push(words.slice(from, at - 1));
  }
  return found;
}

/** `line 7: "nsomem stop"` for each line of code that shows one of `commands` by itself. */
export function bareCommandsIn({ text }: SourceFile, commands: readonly string[]): string[] {
  const form = new RegExp(`\\bnsomem (?:${commands.join("|")})\\b(?!:)`);
  return text
    .split("\n")
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => !/^\s*(\/\/|\*|\/\*)/.test(line) && form.test(line))
    .map(({ line, number }) => `line ${number}: ${line.trim()}`);
}
