import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { shown, shownJson, shownPage, shownText } from "../../src/core/shown.ts";
import { hidden, hostileTexts } from "./hostile-texts.ts";

const characters = (text: string) => [...text].length;
/** Any UTF-16, halves of surrogate pairs too, and often what is hostile. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom(...hostileTexts.map(({ text }) => text)),
    ),
  )
  .map((parts) => parts.join(""));

describe("text from outside", () => {
  test.each([
    ["\x1b[31m", "\\x1b[31m"],
    ["\x9b2J", "\\x9b2J"],
    ["\x7f", "\\x7f"],
    ["\0", "\\x00"],
    ["a\nb\tc\rd", "a\\nb\\tc\\rd"],
    ["\u202egpj", "\\u202egpj"],
    ["\u2028", "\\u2028"],
    ["\ufeff", "\\ufeff"],
    ["\u{e0041}", "\\u{e0041}"],
    ["\ud800", "\\ud800"],
    ["\ude00\ud83d", "\\ude00\\ud83d"],
  ])("%j is shown as %s", (text, expected) => expect(shown(text)).toBe(expected));

  test.each(["bgworker", "/etc/ncs/ncs.conf", "é 日本 ñ", "\u{1f600}", "C:\\x1b", "a  b", "\ufffd"])(
    "%s stays as it is",
    (text) => expect(shown(text)).toBe(text),
  );

  test.each(hostileTexts)("$what is shown as text", ({ text }) => {
    expect(shown(text)).not.toMatch(hidden);
    expect(shown(text)).not.toMatch(/[\n\t]/);
    expect(characters(shown(text))).toBeLessThanOrEqual(200);
  });

  test("exactly 200 characters are shown whole, of 201 the first 199", () => {
    expect(shown("x".repeat(200))).toBe("x".repeat(200));
    expect(shown("x".repeat(201))).toBe(`${"x".repeat(199)}…`);
  });

  test("a cut goes between characters, and between escapes", () => {
    expect(shown("\u{1f600}".repeat(5), 4)).toBe(`${"\u{1f600}".repeat(3)}…`);
    expect(shown("ab\x1bc", 6)).toBe("ab…");
    expect(shown("ab\x1bc", 7)).toBe("ab\\x1bc");
  });

  test("any text is safe, bounded, and the same when it is shown twice", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 50 }), (text, lengthMax) => {
        const once = shown(text, lengthMax);
        expect(once).not.toMatch(hidden);
        expect(once).not.toMatch(/[\n\t]/);
        expect(characters(once)).toBeLessThanOrEqual(lengthMax);
        expect(shown(once, lengthMax)).toBe(once);
      }),
    );
  });
});

describe("a text of several lines", () => {
  test("keeps its newlines and tabs, and nothing else of the kind", () => {
    expect(shownText("a\n\tb\r\x1b[2J")).toBe("a\n\tb\\r\\x1b[2J");
  });

  test("has as many lines as it may, each as long as it may be, and says when there were more", () => {
    expect(shownText("a\nb", { linesMax: 2 })).toBe("a\nb");
    expect(shownText("a\nb\nc", { linesMax: 2 })).toBe("a\nb\n… (more lines were left out)");
    expect(shownText("xxxxx\nyyyy", { lengthMax: 4 })).toBe("xxx…\nyyyy");
  });

  test("is the same when it is shown twice", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const bounds = { lengthMax: 30, linesMax: 1000 };
        const once = shownText(text, bounds);
        expect(once).not.toMatch(hidden);
        expect(shownText(once, bounds)).toBe(once);
      }),
    );
  });
});

describe("a page", () => {
  test("is not cut", () => {
    expect(shownPage(`${"x".repeat(5000)}\x1b\n`)).toBe(`${"x".repeat(5000)}\\x1b\n`);
  });
});

describe("JSON", () => {
  test("is ASCII where a terminal would obey, and reads back as the same value", () => {
    const document = { text: "\x1b\x7f\x9b\u202e\u2028\u{e0041}é", list: [1, null, true] };
    const text = shownJson(document);
    expect(text).toContain("\\u001b\\u007f\\u009b\\u202e\\u2028\\udb40\\udc41é");
    expect(JSON.parse(text)).toEqual(document);
  });

  test("any value reads back as what it is, in one line and in many", () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, anyText), fc.constantFrom(undefined, 2), (document, indent) => {
        const text = shownJson(document, indent);
        expect(text).not.toMatch(hidden);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
      }),
    );
  });
});
