/**
 * A command of nsomem for somebody to type: it repeats where this process was told that its files are, so that it works
 * when it is pasted. Every text that shows one takes it from here; test/hints.test.ts finds those that do not.
 */

import { shellWord } from "./shell-word.ts";

/** What this process was given on its command line; the paths absolute, since a hint in a log is pasted elsewhere. */
export interface Given {
  home?: string | undefined;
  name?: string | undefined;
  config?: string | undefined;
}

/** Set once, by whoever reads the command line. */
let own: { given: Given; program: () => string } = { given: {}, program: () => "nsomem" };

/** `program`: the word that starts this program in the reader's shell, asked for with the first hint. */
export function setHints(given: Given, program: () => string): void {
  own = { given, program };
}

/** These keep no files, so they take neither --home nor --name. */
const withoutHome = new Set([
  ...["changes", "completion", "demo", "dump", "extract", "help", "licenses", "man", "service"],
]);
const withConfig = new Set([
  ...["start", "watch", "doctor", "drill", "replay", "evidence", "config show", "incidents bundle"],
]);

/**
 * `nsomem stop --home /srv/x` for `stop`. What the reader must fill in stands in capitals: `import FILE`. `given` is that
 * of another agent where the hint is about that one.
 */
export function hint(words: string, given: Given = own.given): string {
  const options = optionsOf(words).flatMap((name) => {
    const value = given[name];
    return value === undefined ? [] : [`--${name}`, shellWord(value)];
  });
  return [shellWord(own.program()), words, ...options].join(" ");
}

/** Which of the three the command takes; test/cli/hints.test.ts holds this to the commands. */
export function optionsOf(words: string): (keyof Given)[] {
  const [command = "", part = ""] = words.split(" ");
  if (withoutHome.has(command)) return [];
  const takesConfig = withConfig.has(command) || withConfig.has(`${command} ${part}`);
  return takesConfig ? ["home", "name", "config"] : ["home", "name"];
}
