/** Whoever writes to a terminal or to a log does it in one place, where text from outside is made safe to be shown. */

import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const sourceDir = resolve(import.meta.dir, "../src");

/** A way to write, the files that may go it, and why. */
interface Way {
  what: string;
  form: RegExp;
  allowed: Record<string, string>;
}

const ways: Way[] = [
  {
    what: "to the terminal by console",
    form: /(?<!\bof )\bconsole\b/,
    allowed: {
      "ui/print.ts": "the printer of all commands",
      "demo/stand-in.ts": "words of its own on the pipe of its parent",
    },
  },
  {
    what: "to the terminal by process.stdout or process.stderr",
    form: /\bstd(?:out|err)\s*\.\s*(?:write|end|pipe)\b|\bprocess\s*\.\s*std(?:out|err)\b(?!\s*\.\s*(?:columns|rows))|\bBun\s*\.\s*std(?:out|err)\b|\bBun\s*\.\s*write\b/,
    allowed: {},
  },
  {
    what: "to a descriptor",
    form: /\bwritev?Sync\b|\b(?:fs|call)\s*\.\s*write(?:New)?\b|\bwriteAll\(/,
    allowed: {
      "linux/file-work.ts": "the calls themselves; who makes them is found by their names",
      "linux/child-output.ts": "what an action printed, as it came: evidence in a file of its own",
      "linux/replace-file.ts": "files as their writers give them, under new names",
      "ui/print.ts": "a line of progress: its own code in front of text that `shownText` made safe",
      "ui/screen.ts": "its own codes around text that `rendered` made safe",
      "ui/status-line.ts": "its own codes around text that `rendered` made safe",
      "record/pieces.ts": "what `nsomem export` prints, made safe in front of it",
      "record/rotating-log.ts": "the logs, made safe in front of it",
      "linux/lock-file.ts": "locks: who holds them, as JSON, and the holder's notes for later ones",
      "record/incident.ts": "incident.jsonl, as JSON that a terminal may show",
      "linux/memory-high.ts": "a number, to the kernel",
      "agent/daemon.ts": "READY or FAIL with JSON, to the one who started it",
      "rescue/own/callback-message.ts": "JSON to the agent",
    },
  },
  {
    what: "to a terminal by its path",
    form: /\/dev\/(?:tty|stdout|stderr|fd|console|pts)\b|\/proc\/self\/fd/,
    allowed: {},
  },
  {
    what: "by a logger of others",
    form: /from "(?:consola|pino|winston|debug)\b/,
    allowed: { "cli/agent-view.ts": "consola, whose one reporter prints by ui/print.ts" },
  },
  {
    what: "by a child that has our terminal",
    form: /"inherit"/,
    allowed: { "demo/agent-process.ts": "the demo's agent, which is this program" },
  },
  {
    what: "to a log",
    form: /\bopenRotatingLog\(|\bappendFile(?:Sync)?\(/,
    allowed: {
      "record/rotating-log.ts": "the log itself",
      "record/journal.ts": "the one who opens the logs",
      "demo/stand-in.ts": "the stand-in's made-up crash dump",
    },
  },
];

/** `line 7: console.log(x)`, for each line of code that goes this way. Comments may name what the code must not do. */
function found({ form }: Way, text: string): string[] {
  return text
    .split("\n")
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => !/^\s*(\/\/|\*|\/\*)/.test(line) && form.test(line))
    .map(({ line, number }) => `line ${number}: ${line.trim()}`);
}

const files = readdirSync(sourceDir, { recursive: true, encoding: "utf8" })
  // What runs in a reader's browser has no terminal.
  .filter((path) => path.endsWith(".ts") && !path.startsWith("report/page/client/"))
  // Runs when a release is made, and is in no binary.
  .filter((path) => !path.startsWith("release/"))
  .map((path) => ({ path, text: readFileSync(join(sourceDir, path), "utf8") }));

describe("nobody else writes", () => {
  test.each(ways)("$what", (way) => {
    const around = files
      .filter(({ path }) => !(path in way.allowed))
      .flatMap(({ path, text }) => found(way, text).map((line) => `src/${path}, ${line}`));
    expect(around).toEqual([]);
  });

  test.each(ways)("$what, and everyone who may does", (way) => {
    const idle = Object.keys(way.allowed).filter((path) => {
      const file = files.find((one) => one.path === path);
      return file === undefined || found(way, file.text).length === 0;
    });
    expect(idle).toEqual([]);
  });
});

describe("the finder", () => {
  const lines = [
    "console.log(name);",
    "const say = console.error;",
    "const { log } = console;",
    "process.stdout.write(name);",
    "const out = process.stderr;",
    "await Bun.write(Bun.stdout, name);",
    "writeSync(1, name);",
    'appendFileSync("/dev/tty", name);',
    'import { consola } from "consola";',
    'Bun.spawn(["ls"], { stdout: "inherit" });',
  ];
  test.each(lines)("sees %s", (line) => {
    expect(ways.filter((way) => found(way, `one\n${line}`).includes(`line 2: ${line}`))).not.toEqual([]);
  });

  const harmless = [
    "// console.log(name)",
    "process.stdout.columns || 80",
    "for await (const line of console) {",
  ];
  test.each(harmless)("passes %s", (line) => {
    expect(ways.filter((way) => found(way, line).length > 0)).toEqual([]);
  });
});
