import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLastRuns } from "../../src/record/last-runs.ts";

const dirs: string[] = [];
const file = () => {
  const dir = mkdtempSync(join(tmpdir(), "last-runs-"));
  dirs.push(dir);
  return join(dir, "state", "last-runs.json");
};
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});

test("a run is remembered over a restart, and a forgotten one is not", async () => {
  const path = file();
  const runs = openLastRuns(path);
  runs.set("physical/debug-dump", 42);
  runs.set("physical/crash-dump", 43);
  runs.forget("physical/crash-dump");
  while (!existsSync(path)) await Bun.sleep(1);
  expect(openLastRuns(path).all()).toEqual({ "physical/debug-dump": 42 });
});

test("a damaged file reads as none ever ran", () => {
  const path = join(file(), "..", "..", "damaged.json");
  writeFileSync(path, '{"physical/debug-dump": "yesterday", "x": 1');
  expect(openLastRuns(path).all()).toEqual({});
  writeFileSync(path, '{"physical/debug-dump": "yesterday", "x": 1}');
  expect(openLastRuns(path).all()).toEqual({ x: 1 });
});
