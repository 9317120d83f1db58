/** Every command is described, and what is said of it is so: its parts are those that run, its examples can be typed. */

import { describe, expect, test } from "bun:test";
import { checkArguments } from "../../../src/cli/arguments.ts";
import { commandsOf } from "../../../src/cli/commands/entry.ts";
import { commands, groups, ownProcesses } from "../../../src/cli/commands.ts";
import { describedCommands, subCommandsOf } from "../../../src/cli/help/described.ts";
import type { DescribedCommand } from "../../../src/cli/help/document.ts";
import { aliases, meanings, unknownCommand } from "../../../src/cli/other-names.ts";

const described = (
  await Promise.all(Object.entries(commands).map(([name, entry]) => describedCommands(name, entry, groups)))
).flat();
const byPath = new Map(described.map((command) => [command.path, command]));

/** The command that words after `nsomem` name, and the words that are left for it. */
function commandIn(words: string): [DescribedCommand | undefined, string[]] {
  const all = words.split(" > ")[0]?.split(" ") ?? [];
  const part = byPath.get(all.slice(0, 2).join(" "));
  return part ? [part, all.slice(2)] : [byPath.get(all[0] ?? ""), all.slice(1)];
}

describe("the table of commands", () => {
  test("has no name twice", () => {
    const names = [...Object.values(groups), ownProcesses].flatMap((entries) => Object.keys(entries));
    expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
    expect(Object.keys(commandsOf(groups)).length).toBeGreaterThan(15);
  });

  for (const { path, description, args } of described) {
    describe(path, () => {
      test("has a sentence of one line, and ASCII alone", () => {
        expect(description.summary).toMatch(/^[A-Z][^\n]{5,56}[^.]$/);
        expect(JSON.stringify([description, args])).toMatch(/^[\x20-\x7e…]*$/);
      });

      test("has examples of itself that can be typed", () => {
        expect(description.examples.length).toBeGreaterThan(0);
        for (const [words, what] of description.examples) {
          const [command, rest] = commandIn(words);
          // What is nothing without one of its parts has examples of those.
          expect(`${command?.path} `).toStartWith(`${path} `);
          expect(() => checkArguments(path, rest, command?.args ?? {})).not.toThrow();
          expect(what).toMatch(/^[^\n]{3,60}$/);
        }
      });

      test("has arguments with descriptions that fit beside them", () => {
        for (const [name, arg] of Object.entries(args)) {
          expect([name, arg.description]).toEqual([name, expect.stringMatching(/^[^\n]{3,120}$/)]);
          if (arg.type === "string") expect([name, arg.valueHint]).toEqual([name, expect.any(String)]);
        }
      });
    });
  }

  test("describes the parts that run, and no others", async () => {
    for (const [name, entry] of Object.entries(commands)) {
      const parts = Object.keys(await subCommandsOf((await entry.load(groups)).default));
      expect([name, ...Object.keys(entry.parts ?? {})]).toEqual([name, ...parts]);
    }
  });
});

describe("other names", () => {
  test("lead to commands, and are none themselves", () => {
    for (const [name, words] of [...Object.entries(aliases), ...Object.entries(meanings)]) {
      expect([name, name in commands]).toEqual([name, false]);
      if (words !== "--version") expect([name, commandIn(words)[0] !== undefined]).toEqual([name, true]);
    }
  });

  test.each([
    ["stat", "status"],
    ["show", "incidents show"],
    ["shwo", "incidents show"],
    ["reprot", "graph"],
    ["bunlde", "incidents bundle"],
    ["strat", "start"],
    ["STATUS", "status"],
  ])("%p is guessed to be %p", (word, meant) =>
    expect(unknownCommand("", [word], Object.keys(commands)).message).toEndWith(
      `did you mean "nsomem ${meant}"?`,
    ),
  );

  test("what is near to nothing is refused with all that there is", () => {
    const { message } = unknownCommand("incidents", ["qqqqqqqq"], ["list", "show"]);
    expect(message).toBe('nsomem incidents has no command "qqqqqqqq"; there are list, show; see nsomem help');
  });
});
