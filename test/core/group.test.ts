import { expect, test } from "bun:test";
import { byGroup, perGroup, processGroups } from "../../src/core/group.ts";
import { nsoCommandLines } from "./command-lines.ts";

test("the core comes first, then the JavaVM, then Python VMs", () => {
  const shuffled = (["pythonvm", "core", "javavm"] as const).map((group) => ({ group }));
  expect(shuffled.sort(byGroup).map(({ group }) => group)).toEqual(["core", "javavm", "pythonvm"]);
});

test("every group has a command line in the table that src/core/nso.ts and plot.sh are held to", () => {
  const known = new Set(nsoCommandLines.map(({ is }) => is.group));
  expect(processGroups.filter((group) => !known.has(group))).toEqual([]);
});

test("perGroup holds one value for each, in their order", () => {
  const lengths = processGroups.map((group): [string, number] => [group, group.length]);
  expect(Object.entries(perGroup((group) => group.length))).toEqual(lengths);
});
