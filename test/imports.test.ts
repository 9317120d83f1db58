import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { mayImport } from "./rooms.ts";

const sourceDir = resolve(import.meta.dir, "../src");

/** Those whose memory must stay small, and what is too large for them. */
const smallRooms = ["agent"];
const largeRooms = ["report", "ui"];

interface SourceFile {
  path: string;
  room: string;
  text: string;
}

const files = sourceFiles(".ts");

describe("the arrows of the design", () => {
  test("every folder of src is a room of the table", () => {
    expect(files.filter(({ room }) => !(room in mayImport)).map(({ path }) => path)).toEqual([]);
  });

  test("no file imports against the arrows", () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith("."))
        .map((name) => roomOf(relative(sourceDir, resolve(sourceDir, dirname(file.path), name))))
        .filter((room) => room !== file.room && !mayImport[file.room]?.includes(room))
        .map((room) => `${file.path} imports ${room}`),
    );
    expect(wrong).toEqual([]);
  });

  test("the arrows go one way: no room is reached from itself", () => {
    expect(Object.keys(mayImport).filter((room) => reachedFrom(room).has(room))).toEqual([]);
  });

  test.each(smallRooms)("%s reaches neither report nor ui, not even through other rooms", (small) => {
    const rooms = Object.keys(mayImport).filter((room) => isWithin(room, small));
    const reached = rooms.flatMap((room) => [...reachedFrom(room)]);
    expect(reached.filter((room) => largeRooms.some((large) => isWithin(room, large)))).toEqual([]);
  });

  test("core imports nothing but core and zod", () => {
    const wrong = files
      .filter(({ room }) => room === "core")
      .flatMap((file) => importsOf(file).filter((name) => !name.startsWith(".") && name !== "zod"));
    expect(wrong).toEqual([]);
  });
});

test("no room holds more than a fifth of the lines of src", () => {
  const lines = new Map<string, number>();
  const counted = [...files, ...sourceFiles(".sh")].map(({ room, text }) => ({
    room,
    count: text.split("\n").length - 1,
  }));
  for (const { room, count } of counted) lines.set(room, (lines.get(room) ?? 0) + count);
  const all = counted.reduce((sum, { count }) => sum + count, 0);
  expect([...lines].filter(([, count]) => count > all / 5)).toEqual([]);
});

describe("what only one place may do", () => {
  test("core sees no clock, no environment and no Bun", () => {
    const impure = /\bDate\.now\(|\bnew Date\(\)|\bperformance\.|\bprocess\.|\bBun\./;
    expect(pathsMatching(impure, (file) => file.room === "core")).toEqual([]);
  });

  test("nothing but main.ts ends the process", () => {
    const ending = /\bprocess\.(exit|reallyExit|abort)\(/;
    expect(pathsMatching(ending, (file) => file.path !== "main.ts" && !isBrowserCode(file))).toEqual([]);
  });

  test("nothing but src/ui writes escape codes", () => {
    const escapeCode = /\\x1b\[|\\u001b\[|\\u\{1b\}\[|\\e\[|\\033\[|picocolors/i;
    expect(pathsMatching(escapeCode, (file) => file.room !== "ui")).toEqual([]);
  });
});

/** Lines of comment do not count: they may name what the code must not do. */
function pathsMatching(form: RegExp, concerns: (file: SourceFile) => boolean): string[] {
  return files
    .filter(concerns)
    .filter(({ text }) =>
      text.split("\n").some((line) => !/^\s*(\/\/|\*|\/\*)/.test(line) && form.test(line)),
    )
    .map(({ path }) => path);
}

/** What runs in the browser of the one who reads a report. */
function isBrowserCode({ room }: SourceFile): boolean {
  return room === "report/page/client";
}

function sourceFiles(extension: string): SourceFile[] {
  return readdirSync(sourceDir, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(extension))
    .sort()
    .map((path) => ({ path, room: roomOf(path), text: readFileSync(join(sourceDir, path), "utf8") }));
}

/** The room of the table with the longest path; where none fits, the first folder, which the table lacks. */
function roomOf(path: string): string {
  const name = path.replace(/\.ts$/, "");
  const rooms = Object.keys(mayImport).filter((room) => isWithin(name, room));
  return rooms.toSorted((a, b) => b.length - a.length)[0] ?? name.replace(/\/.*/, "");
}

function isWithin(name: string, room: string): boolean {
  return name === room || name.startsWith(`${room}/`);
}

/** Every room that the files of a room import, by themselves or through other rooms. */
function reachedFrom(room: string, reached = new Set<string>()): Set<string> {
  for (const next of mayImport[room] ?? []) {
    if (reached.has(next)) continue;
    reached.add(next);
    reachedFrom(next, reached);
  }
  return reached;
}

/** The names in `import … from "x"`, `export … from "x"`, `import "x"` and `import("x")`. */
function importsOf({ text }: SourceFile): string[] {
  const form =
    /(?:^|\n)\s*(?:import|export)\b[^"';]*?from\s*["']([^"']+)["']|(?:^|\n)\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g;
  return [...text.matchAll(form)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}
