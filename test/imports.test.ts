import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const sourceDir = resolve(import.meta.dir, "../src");

/** Each room and the rooms that its files may import beside their own. Source: src/README.md, "Rooms and arrows". */
const mayImport: Record<string, string[]> = {
  main: ["cli", "demo", "core"],
  cli: [
    ...["drill", "doctor", "bundle", "agent", "demo", "rescue", "configuration"],
    ...["record", "report", "tool", "linux", "ui", "core"],
  ],
  drill: ["agent", "rescue", "configuration", "record", "linux", "core"],
  doctor: ["record", "linux", "core"],
  bundle: ["report", "record", "linux", "core"],
  demo: ["linux", "core"],
  agent: ["rescue", "configuration", "record", "tool", "linux", "core"],
  configuration: ["rescue", "record", "linux", "core"],
  rescue: ["record", "linux", "core"],
  record: ["linux", "core"],
  report: ["linux", "core"],
  tool: ["linux", "core"],
  linux: ["core"],
  ui: ["core"],
  core: [],
};

interface SourceFile {
  path: string;
  layer: string;
  text: string;
}

const files: SourceFile[] = readdirSync(sourceDir, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .sort()
  .map((path) => ({ path, layer: layerOf(path), text: readFileSync(join(sourceDir, path), "utf8") }));

describe("the arrows of the design", () => {
  test("every folder of src is a room of the table", () => {
    expect(files.filter(({ layer }) => !(layer in mayImport)).map(({ path }) => path)).toEqual([]);
  });

  test("no file imports against the arrows", () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith("."))
        .map((name) => layerOf(relative(sourceDir, resolve(sourceDir, dirname(file.path), name))))
        .filter((layer) => layer !== file.layer && !mayImport[file.layer]?.includes(layer))
        .map((layer) => `${file.path} imports ${layer}`),
    );
    expect(wrong).toEqual([]);
  });

  test("core imports nothing but core and zod", () => {
    const wrong = files
      .filter(({ layer }) => layer === "core")
      .flatMap((file) => importsOf(file).filter((name) => !name.startsWith(".") && name !== "zod"));
    expect(wrong).toEqual([]);
  });
});

describe("what only one place may do", () => {
  test("core sees no clock, no environment and no Bun", () => {
    const impure = /\bDate\.now\(|\bnew Date\(\)|\bperformance\.|\bprocess\.|\bBun\./;
    expect(pathsMatching(impure, (file) => file.layer === "core")).toEqual([]);
  });

  test("nothing but main.ts ends the process", () => {
    const ending = /\bprocess\.(exit|reallyExit|abort)\(/;
    expect(pathsMatching(ending, (file) => file.path !== "main.ts" && !isBrowserCode(file))).toEqual([]);
  });

  test("nothing but src/ui writes escape codes", () => {
    const escapeCode = /\\x1b\[|\\u001b\[|\\u\{1b\}\[|\\e\[|\\033\[|picocolors/i;
    expect(pathsMatching(escapeCode, (file) => file.layer !== "ui")).toEqual([]);
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
function isBrowserCode({ path }: SourceFile): boolean {
  return path.startsWith("report/client/");
}

function layerOf(path: string): string {
  return path.includes("/") ? (path.split("/")[0] ?? "") : path.replace(/\.ts$/, "");
}

/** The names in `import … from "x"`, `export … from "x"`, `import "x"` and `import("x")`. */
function importsOf({ text }: SourceFile): string[] {
  const form =
    /(?:^|\n)\s*(?:import|export)\b[^"';]*?from\s*["']([^"']+)["']|(?:^|\n)\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g;
  return [...text.matchAll(form)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}
