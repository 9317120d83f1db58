/** Whoever shows a command to be typed takes it from core/hint.ts, so that it repeats --home, --name and --config. */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text is looked at here
import { describe, expect, test } from "bun:test";
import { commands } from "../src/cli/commands.ts";
import { bareCommandsIn, hintsIn, putIn, sources } from "./hints.ts";

const names = Object.keys(commands);

describe("commands that are shown", () => {
  test("are hints", () => {
    const bare = sources
      .filter(({ path }) => !/^cli\/(?:commands|help)\//.test(path))
      .flatMap((file) => bareCommandsIn(file, names).map((line) => `src/${file.path}, ${line}`));
    expect(bare).toEqual([]);
  });

  test("are many, and each of a command that there is", () => {
    const found = sources.flatMap(hintsIn);
    expect(found.length).toBeGreaterThan(20);
    const unknown = found.filter(
      ({ words }) => !words.startsWith("$") && !names.includes(words.split(" ")[0] ?? ""),
    );
    expect(unknown).toEqual([]);
  });
});

describe("the finder", () => {
  const file = (text: string) => ({ path: "x.ts", text });

  test.each(['`try "nsomem stop".`', '"nsomem start --daemon"', "print('nsomem dump x')"])(
    "sees %s",
    (line) =>
      expect(bareCommandsIn(file(`one\n${line}`), ["stop", "start", "dump"])).toEqual([`line 2: ${line}`]),
  );

  test.each(["// nsomem stop", '"nsomem has stopped"', '"nsomem demo: a stand-in"'])("passes %s", (line) =>
    expect(bareCommandsIn(file(line), ["stop", "demo"])).toEqual([]),
  );

  test("reads the words of a hint, with what is put into them", () => {
    const text =
      'hint("stop"); x(`a ${hint(`dump ${shellWord(`${dir}/x`)}`)} b`); hint(\n  "status",\n  given);';
    const found = hintsIn(file(text));
    expect(found.map(({ words }) => words)).toEqual(["stop", "dump ${shellWord(`${dir}/x`)}", "status"]);
    expect(found.map(({ line }) => line)).toEqual([1, 1, 2]);
    expect(found.map(({ words }) => putIn(words))).toEqual([[], ["shellWord(`${dir}/x`)"], []]);
  });
});
