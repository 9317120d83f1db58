import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { folders, forgottenFolders, isUnit, testsAt, unitTests } from "./folders.ts";

const testDir = import.meta.dir;

describe("unit tests", () => {
  test("every folder of test/ that holds tests is in the table", () => {
    expect(forgottenFolders(testDir)).toEqual([]);
  });

  test("a folder that the table lacks is found", () => {
    const { core: _, ...others } = folders;
    expect(forgottenFolders(testDir, others)).toEqual(["core"]);
  });

  test("are those of a unit folder, at any depth, and those beside the folders, but for what has a row of its own", () => {
    expect(isUnit("core/level.test.ts")).toBe(true);
    expect(isUnit("rescue/crash-dump/shield.test.ts")).toBe(true);
    expect(isUnit("folders.test.ts")).toBe(true);
    expect(isUnit("e2e/life.test.ts")).toBe(false);
    expect(isUnit("tool/unpack.test.ts")).toBe(true);
    expect(isUnit("tool/plot/levels.test.ts")).toBe(false);
    expect(isUnit("record/history.test.ts")).toBe(true);
    expect(isUnit("record/retention.test.ts")).toBe(false);
    expect(isUnit("elsewhere/some.test.ts")).toBe(false);
  });

  test("are a part of all tests", () => {
    const all = testsAt(testDir);
    const unit = unitTests(testDir);
    expect(unit).toContain(join(testDir, "core/level.test.ts"));
    expect(all.filter((path) => !unit.includes(path))).toContain(join(testDir, "e2e/life.test.ts"));
    expect(unit.filter((path) => !all.includes(path))).toEqual([]);
  });
});

describe("the tests that a path names", () => {
  test("are itself, or those of a folder", () => {
    expect(testsAt("test/folders.test.ts")).toEqual([join(testDir, "folders.test.ts")]);
    expect(testsAt("test/demo/")).toEqual([join(testDir, "demo/limits.test.ts")]);
  });

  test("are none where there are none", () => {
    expect(testsAt("test/no-such-folder")).toEqual([]);
    expect(testsAt("test/folders.ts")).toEqual([]);
  });
});
