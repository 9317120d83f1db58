import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { differenceTo } from "../../src/cli/expected-rows.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-rows-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Only lines that begin with a time are rows. */
const row = (what: string) => `2026-11-23T13:09:51 ${what}`;
const expecting = (...rows: string[]) => {
  writeFileSync(join(dir, "rows"), rows.map((row) => `${row}\n`).join(""));
  return join(dir, "rows");
};

test("the same rows do not differ, whatever else the file holds", () =>
  expect(
    differenceTo(expecting("# heading", row("one"), row("two")), [row("one"), row("two")]),
  ).toBeUndefined());
test("the first row that differs is shown with what was expected and found", () => {
  const file = expecting(row("one"), row("two"), row("three"));
  expect(differenceTo(file, [row("one"), row("2"), row("3")])).toBe(
    `row 2 differs from ${file}:\n- ${row("two")}\n+ ${row("2")}`,
  );
});
test("rows that are missing, or too many, differ", () => {
  const file = expecting(row("one"), row("two"));
  expect(differenceTo(file, [row("one")])).toEndWith(`- ${row("two")}\n+ (no more rows)`);
  expect(differenceTo(file, [row("one"), row("two"), row("three")])).toEndWith(
    `- (no more rows)\n+ ${row("three")}`,
  );
});
test("a file that cannot be read is refused with exit 2", () => {
  try {
    differenceTo(join(dir, "none"), []);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: "EXPECT", exitCode: 2 });
  }
});
