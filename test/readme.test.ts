/** src/README.md says what is so: its table of rooms is that of the arrows, and every path in it is there. */

import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { mayImport } from "./rooms.ts";

const projectDir = resolve(import.meta.dir, "..");
const page = readFileSync(join(projectDir, "src/README.md"), "utf8");

type Rooms = Record<string, string[]>;

/** The rows ``| `room` | what for | `a`, `b` |`` of a Markdown text. The head of the table has no code in it. */
function roomsIn(markdown: string): Rooms {
  const rows = markdown.matchAll(/^\| `([^`|]+)` \|[^|]*\|([^|]*)\|$/gm);
  return Object.fromEntries([...rows].map(([, room = "", cell = ""]) => [room, codeIn(cell).sort()]));
}

/** Paths of files and of folders (with a slash at the end) in the code of a Markdown text, and what links lead to. */
function pathsIn(markdown: string): string[] {
  const links = [...markdown.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target = ""]) => target);
  const code = codeIn(markdown).join("\n");
  const files = /(?<![\w./-])[\w.-]+(?:\/[\w.-]+)*\/(?:[\w-][\w.-]*\.(?:ts|sh|md|txt|toml|css)\b|(?=\s|$))/gm;
  return [...new Set([...links, ...(code.match(files) ?? [])])];
}

/** The insides of `code` and of blocks of it. */
function codeIn(markdown: string): string[] {
  return [...markdown.matchAll(/```\w*\n(.*?)```|`([^`\n]+)`/gs)].map(
    ([, block, span]) => block ?? span ?? "",
  );
}

describe("src/README.md", () => {
  test("has the rooms and arrows of test/rooms.ts", () => {
    const section = /^## Rooms and arrows$(.*?)^## /ms.exec(page)?.[1] ?? "";
    const arrows = Object.entries(mayImport).map(([room, others]) => [room, others.toSorted()]);
    expect(roomsIn(section)).toEqual(Object.fromEntries(arrows));
  });

  test("names only files and folders that are there", () => {
    const isThere = (path: string) =>
      existsSync(join(projectDir, "src", path)) || existsSync(join(projectDir, path));
    expect(pathsIn(page).filter((path) => !isThere(path))).toEqual([]);
  });

  test("says for each errand which one file to open first", () => {
    const section = /^## Where to change what$(.*?)^## /ms.exec(page)?.[1] ?? "";
    const errands = [...section.matchAll(/^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$/gm)].slice(1);
    expect(errands.length).toBeGreaterThan(6);
    expect(errands.filter(([, , first = ""]) => pathsIn(first).length !== 1)).toEqual([]);
  });
});

describe("the finders", () => {
  test("a room's row has its name and the rooms that it may import", () => {
    const table = "| room | what for | may import |\n|---|---|---|\n| `ui` | shows | `linux`, `core` |\n";
    expect(roomsIn(`${table}| \`core\` | values | nothing |\n`)).toEqual({ ui: ["core", "linux"], core: [] });
  });

  test("a path is a file or a folder, in code or a link", () => {
    const text =
      "See [the facts](facts.md), `core/level.ts`, `test/e2e/` and `status.json`.\n" +
      "`run:/etc/x/page` and `/proc` are not ours, nor is and/or.ts.\n" +
      "```console\n$ make unit ONLY=test/core/level.test.ts   # `one`\n```\n";
    expect(pathsIn(text)).toEqual(["facts.md", "core/level.ts", "test/e2e/", "test/core/level.test.ts"]);
  });
});
