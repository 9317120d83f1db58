import { describe, expect, test } from "bun:test";
import { parseScenario, readScenarios } from "./scenario.ts";

const header = "# shellcheck shell=bash\n# title: MemoryMax\n# claim dump: the dump is whole\n";

describe("a scenario's first lines", () => {
  test("say what it is, with a guest of 1536 MiB and 120 s where they do not say so", () => {
    expect(parseScenario("one", header)).toEqual({
      name: "one",
      title: "MemoryMax",
      guest: { memoryMib: 1536, reboots: false, isShared: false },
      secondsMax: 120,
      open: undefined,
      claims: [{ id: "dump", sentence: "the dump is whole" }],
    });
  });

  test("name its guest and its time", () => {
    const { guest, secondsMax } = parseScenario(
      "one",
      `${header}# guest: memory=2048 reboots shared\n# seconds: 60\n`,
    );
    expect(guest).toEqual({ memoryMib: 2048, reboots: true, isShared: true });
    expect(secondsMax).toBe(60);
  });

  test("end with the first that is no comment", () => {
    expect(parseScenario("one", `${header}\n# claim late: no\n`).claims).toHaveLength(1);
  });

  test("are refused with what is wrong of them", () => {
    expect(() => parseScenario("one", "# claim a: b\n")).toThrow('scenarios/one.sh has no line "# title: …"');
    expect(() => parseScenario("one", "# title: a\n")).toThrow('has no line "# claim ID: …"');
    expect(() => parseScenario("one", `${header}# claim dump: again\n`)).toThrow("an ID of its own");
    expect(() => parseScenario("one", `${header}# seconds: many\n`)).toThrow("not a whole number");
    expect(() => parseScenario("one", `${header}# guest: disk=4\n`)).toThrow("not by disk=4");
  });
});

test("every scenario reads", () => {
  expect(readScenarios().length).toBeGreaterThan(0);
});
