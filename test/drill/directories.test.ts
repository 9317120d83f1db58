import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkDirectory } from "../../src/drill/directories.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-drill-test-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("a directory is made, written into, and left empty", () => {
  const path = join(dir, "state/incidents");
  expect(checkDirectory(path)).toMatch(/ is writable, .+ free$/);
  expect(readdirSync(path)).toEqual([]);
});

test("a file in its place fails", () => {
  writeFileSync(join(dir, "logs"), "");
  expect(() => checkDirectory(join(dir, "logs"))).toThrow("is not a directory");
});
