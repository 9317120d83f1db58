import { describe, expect, test } from "bun:test";
import { asciiOf } from "../../src/ui/ascii.ts";
import { bar } from "../../src/ui/bar.ts";
import { isAsciiOnly, isPlain } from "../../src/ui/environment.ts";

describe("only ASCII is shown", () => {
  const cases: [env: Record<string, string>, ascii: boolean][] = [
    [{ LANG: "C.UTF-8" }, false],
    [{ LANG: "en_US.utf8" }, false],
    [{ LANG: "C" }, true],
    [{}, true],
    [{ LANG: "de_DE.ISO-8859-1" }, true],
    [{ LANG: "C.UTF-8", LC_ALL: "C" }, true],
    [{ LANG: "C", LC_CTYPE: "C.UTF-8" }, false],
    [{ LANG: "C.UTF-8", LC_ALL: "" }, false],
    [{ LANG: "C.UTF-8", TERM: "dumb" }, true],
    [{ LANG: "C.UTF-8", NSOMEM_PLAIN: "1" }, true],
    [{ LANG: "C.UTF-8", NSOMEM_PLAIN: "0" }, false],
  ];
  test.each(cases)("%j: %p", (env, ascii) => expect(isAsciiOnly(env)).toBe(ascii));
});

test("no line is drawn anew on a dumb terminal nor for a screen reader", () => {
  expect([{ TERM: "dumb" }, { NSOMEM_PLAIN: "1" }, { LANG: "C" }].map(isPlain)).toEqual([true, true, false]);
});

test("bars keep their width, and a name keeps its letters' numbers", () => {
  expect(asciiOf(`${bar(91, 8)} 91.0% │ NSO`)).toBe("#######- 91.0% | NSO");
  expect(asciiOf("▁▂▃▄▅▆▇█")).toBe("_.:-=+*#");
  expect(asciiOf("caf\u00e9 \u{1f600} …")).toBe("caf\\xe9 \\u{1f600} ...");
});
