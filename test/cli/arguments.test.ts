import { describe, expect, test } from "bun:test";
import { checkArguments } from "../../src/cli/arguments.ts";

const args = {
  dir: { type: "positional", description: "a directory" },
  verbose: { type: "boolean", alias: "v" },
  home: { type: "string", valueHint: "DIR" },
} as const;
const check = (...words: string[]) => checkArguments("nsomem x", words, args);

describe("arguments", () => {
  test.each([
    [["d"]],
    [["-v", "d"]],
    [["--home", "h", "d"]],
    [["--home=h", "d", "--verbose"]],
    [["d", "--"]],
  ])("%p is accepted", (words) => expect(() => check(...words)).not.toThrow());

  test("an unknown flag is refused with the nearest one", () =>
    expect(() => check("d", "--hom", "h")).toThrow("has no flag --hom; did you mean --home?"));
  test("an extra argument is refused by name", () =>
    expect(() => check("d", "e")).toThrow('does not take the argument "e"'));
  test("a missing argument is named", () => expect(() => check()).toThrow("needs DIR: a directory"));
  test("a flag that swallows the next flag is refused", () =>
    expect(() => check("d", "--home", "--verbose")).toThrow("needs a value for --home DIR"));
  test("a value for a switch is refused", () =>
    expect(() => check("d", "--verbose=yes")).toThrow('takes no value for --verbose, but got "yes"'));
  test("all of them exit with 2", () => {
    try {
      check("--nope");
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ exitCode: 2 });
    }
  });
});
