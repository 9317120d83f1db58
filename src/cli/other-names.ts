/** Words that people try, of other tools and of the original toolset, and what they mean here. */

import { type NsomemError, usageError } from "../core/errors.ts";
import { hint } from "../core/hint.ts";
import { nearest } from "../core/nearest.ts";
import { shellWord } from "../core/shell-word.ts";
import { shown } from "../core/shown.ts";

/** They run at once what stands beside them: there is nothing else that they could mean, and it changes nothing. */
export const aliases: Readonly<Record<string, string>> = {
  report: "graph",
  log: "incidents show",
  logs: "incidents show",
  bundle: "incidents bundle",
  version: "--version",
};

/** They are refused, with what stands beside them as the guess: what is near by letters may not be what is meant. */
export const meanings: Readonly<Record<string, string>> = {
  stat: "status",
  state: "status",
  info: "status",
  ps: "status",
  show: "incidents show",
  list: "incidents list",
  events: "incidents list",
  history: "incidents list",
  run: "start",
  up: "start",
  daemon: "start --daemon",
  enable: "start --daemon",
  down: "stop",
  kill: "stop",
  end: "stop",
  restart: "reload",
  health: "doctor",
  diagnose: "doctor",
  test: "drill",
  try: "demo",
  plot: "graph",
  draw: "graph",
  statistics: "stats",
  csv: "export",
  json: "status --json",
  crash: "dump",
  read: "dump",
  tail: "watch",
  follow: "watch",
  setup: "init",
  install: "init",
  configure: "init",
  settings: "config show",
  simulate: "replay",
  usage: "help",
};

/**
 * What is said of a word that is no command: what is meant by it, else what is near by letters, else all there are.
 * `path` is "" or the command that `known` are the parts of; `words` are all that was typed after it.
 */
export function unknownCommand(
  path: string,
  words: readonly string[],
  known: readonly string[],
): NsomemError {
  const [name = "", ...rest] = words;
  const guess = path === "" ? guessed(name, known) : nearest(name, known);
  const before = path === "" ? "" : `${path} `;
  const wayOut =
    guess === undefined
      ? `there are ${known.join(", ")}; see ${hint("help")}`
      : `did you mean "${hint(`${before}${[guess, ...rest.map(shellWord)].join(" ")}`, {})}"?`;
  return usageError(`nsomem ${before}has no command "${shown(name)}"; ${wayOut}`);
}

/** By meaning before letters: `stat` is nearer to stats, and means status. */
function guessed(name: string, known: readonly string[]): string | undefined {
  const word = name.toLowerCase();
  const others = new Map([...Object.entries(aliases), ...Object.entries(meanings)]);
  const near = others.has(word) ? word : (nearest(word, known) ?? nearest(word, [...others.keys()]));
  return near === undefined ? undefined : (others.get(near) ?? near);
}
