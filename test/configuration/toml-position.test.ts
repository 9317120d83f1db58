import { describe, expect, test } from "bun:test";
import { positionOf } from "../../src/configuration/toml-position.ts";

const toml = `# comment
[physical]
warning_percent = 80
critical_percent = 96 # more

[actions]
crit_phy = [
  "debug-dump",
  "run:/x",
]
debug_dump.count = 3

[[rule]]
name = "a"
[[ rule ]]
  name = "b"
`;
const at = (path: PropertyKey[], given?: unknown) => {
  const { line, column } = positionOf(toml, path, given);
  return [line, column];
};

describe("the position of", () => {
  test("a key in its section", () => expect(at(["physical", "critical_percent"])).toEqual([4, 1]));
  test("a key that is not written is its section's", () => expect(at(["physical", "basis"])).toEqual([2, 1]));
  test("a section that is not written is the first line", () => expect(at(["nso", "pid"])).toEqual([1, 1]));
  test("a value of a list over several lines", () =>
    expect(at(["actions", "crit_phy", 1], "run:/x")).toEqual([9, 4]));
  test("a dotted key", () => expect(at(["actions", "debug_dump", "count"])).toEqual([11, 1]));
  test("a key in the second table of a list", () => expect(at(["rule", 1, "name"])).toEqual([16, 3]));
  test("a key that the first table of a list lacks", () => expect(at(["rule", 0, "kind"])).toEqual([13, 1]));
});
