/** Every fact that is cited has its heading in src/facts.md, and every heading there is cited. */

import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const projectDir = resolve(import.meta.dir, "..");
const factsFile = "src/facts.md";

interface Citation {
  fact: string;
  /** From 1. */
  line: number;
}

/** The numbers behind the word "facts", also of several ("facts 1.1 and 3.8") and over the end of a comment's line. */
function citationsIn(text: string): Citation[] {
  const gap = String.raw`[\s*/#]+`;
  const number = String.raw`\d+\.\d+`;
  const form = new RegExp(String.raw`\bfacts${gap}(${number}(?:(?:,|${gap}and)${gap}${number})*)`, "gi");
  return [...text.matchAll(form)].flatMap(({ index, 0: whole, 1: numbers = "" }) => {
    const start = index + whole.length - numbers.length;
    return [...numbers.matchAll(/\d+\.\d+/g)].map((found) => ({
      fact: found[0],
      line: text.slice(0, start + found.index).split("\n").length,
    }));
  });
}

/** The numbers of the headings `### 4.18 How a daemon starts`. */
function headingsIn(markdown: string): string[] {
  return [...markdown.matchAll(/^### (\d+\.\d+) \S/gm)].map(([, number = ""]) => number);
}

/** `src/core/level.ts:19: facts 2.3`, for each citation. */
function citationsOf(path: string): (Citation & { place: string })[] {
  const text = readFileSync(join(projectDir, path), "utf8");
  return citationsIn(text).map((one) => ({ ...one, place: `${path}:${one.line}: facts ${one.fact}` }));
}

const citing = ["Makefile", "build.ts", "README.md", ...filesBelow("src"), ...filesBelow("test")];
// This file's own text is made up.
const citations = citing
  .filter((path) => path !== factsFile && path !== "test/facts.test.ts")
  .flatMap(citationsOf);
const headings = headingsIn(readFileSync(join(projectDir, factsFile), "utf8"));

function filesBelow(dir: string): string[] {
  return readdirSync(join(projectDir, dir), { recursive: true, encoding: "utf8" })
    .map((path) => join(dir, path))
    .filter((path) => !path.endsWith(".png") && statSync(join(projectDir, path)).isFile())
    .sort();
}

describe("the facts that the code cites", () => {
  test("every citation has its heading", () => {
    expect(citations.filter(({ fact }) => !headings.includes(fact)).map(({ place }) => place)).toEqual([]);
  });

  test("every heading is cited", () => {
    expect(headings.filter((heading) => !citations.some(({ fact }) => fact === heading))).toEqual([]);
  });

  test("no number is given twice, and the numbers ascend", () => {
    const ascending = [...new Set(headings)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    expect(headings).toEqual(ascending);
  });

  test("each fact says how it is known, or its chapter does", () => {
    const chapters = readFileSync(join(projectDir, factsFile), "utf8").split(/^## /m).slice(1);
    const isMarked = (text = "") => /\b(measured|said|inferred)\b/i.test(text);
    const unmarked = chapters
      .filter((chapter) => !isMarked(chapter.split(/^### /m)[0]))
      .flatMap((chapter) => chapter.split(/^### /m).slice(1))
      .filter((fact) => !isMarked(fact))
      .map((fact) => fact.split("\n")[0]);
    expect(unmarked).toEqual([]);
  });
});

describe("the finder of citations", () => {
  test("finds one, several, and one that goes over the end of a line", () => {
    const text = "a (facts 1.1)\n// facts 2.3, 4.18 and 5.1\n * see facts\n * 3.10: so\n# Facts 9.9";
    expect(citationsIn(text)).toEqual([
      { fact: "1.1", line: 1 },
      { fact: "2.3", line: 2 },
      { fact: "4.18", line: 2 },
      { fact: "5.1", line: 2 },
      { fact: "3.10", line: 4 },
      { fact: "9.9", line: 5 },
    ]);
  });

  test("takes no other number for one", () => {
    const text = "artefacts 1.2\nfacts 3\nfacts.b 1.5\nfacts of Linux 5.3\n(facts 2.3: 12.8 GiB)";
    expect(citationsIn(text)).toEqual([{ fact: "2.3", line: 5 }]);
  });

  test("a heading has a number and a title", () => {
    expect(headingsIn("## 4 Bun\n### 4.1 Commit charge\n### Notes\ntext ### 4.2 no\n### 4.3\n")).toEqual([
      "4.1",
    ]);
  });
});
