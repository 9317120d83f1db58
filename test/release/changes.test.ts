import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { debChangelog, releases, rpmChangelog } from "../../src/release/changes.ts";
import { npmPackage } from "../../src/release/npm-package.ts";

const list = releases(`# What changed

## 0.2.0 (2026-11-28)

- One thing, at 90 %
  over two lines.
- Another.

## 0.1.0 (2026-11-23)

- The first.
`);

test("changes are read by release, newest first", () => {
  expect(list).toEqual([
    { version: "0.2.0", date: "2026-11-28", changes: ["One thing, at 90 % over two lines.", "Another."] },
    { version: "0.1.0", date: "2026-11-23", changes: ["The first."] },
  ]);
});

test("a line of no form is refused, and named", () => {
  expect(() => releases("## 0.2 (soon)")).toThrow("## 0.2 (soon)");
});

test("the newest is the version that is built", () => {
  expect(releases()[0]?.version).toBe(JSON.parse(readFileSync("package.json", "utf8")).version);
});

test("Debian's changelog", () => {
  expect(debChangelog(list.slice(0, 1), "N <n@localhost>")).toBe(
    `nsomem (0.2.0) stable; urgency=medium

  * One thing, at 90 % over two lines.
  * Another.

 -- N <n@localhost>  Sat, 28 Nov 2026 12:00:00 +0000
`,
  );
});

test("rpm's changelog: a per cent sign is no macro", () => {
  expect(rpmChangelog(list.slice(0, 1), "N <n@localhost>")).toBe(
    "* Sat Nov 28 2026 N <n@localhost> - 0.2.0-1\n- One thing, at 90 %% over two lines.\n- Another.\n",
  );
});

test("an npm package says its name and licence", () => {
  expect(npmPackage("zod")).toMatchObject({ name: "zod", license: "MIT" });
});
