/** The tool shows text from outside as the agent does: the same characters, the same escapes, cut at the same place. */

import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { shown } from "../../../src/core/shown.ts";
import { hostileTexts } from "../../core/hostile-texts.ts";
import { functionsOf } from "./functions.ts";

setDefaultTimeout(30_000);

/** What a bash with the tool's functions prints when it runs `program` with `words`. */
async function bash(program: string, words: readonly string[] = []): Promise<Uint8Array> {
  const child = Bun.spawn(["bash", "-c", `${await functionsOf()}\nLC_ALL=C\n${program}`, "tool", ...words], {
    env: { PATH: process.env.PATH ?? "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [output, errors] = await Promise.all([
    new Response(child.stdout).bytes(),
    new Response(child.stderr).text(),
  ]);
  if (errors !== "") throw new Error(errors);
  return output;
}

/** The tool's own words for `texts`, each cut to 200 characters. */
async function shownByTool(texts: readonly string[]): Promise<string[]> {
  const program = `for text; do visible "$text" 200; printf '%s\\0' "$REPLY"; done`;
  return new TextDecoder()
    .decode(await bash(program, texts))
    .split("\0")
    .slice(0, -1);
}

/** Where hidden and other characters meet, and every 997th besides. */
function codesToTry(): number[] {
  const isHidden = (code: number) => shown(String.fromCodePoint(code)) !== String.fromCodePoint(code);
  const all = Array.from({ length: 0x10ffff }, (_, index) => index + 1);
  // Halves of surrogate pairs are none of UTF-8's.
  const codes = all.filter((code) => code < 0xd800 || code > 0xdfff);
  return codes.filter(
    (code, index) => index % 997 === 0 || isHidden(code) !== isHidden(codes[index + 1] ?? 1),
  );
}

describe("the tool and the agent", () => {
  // 4,000 characters; bash takes up to 1 ms for each beside busy neighbours.
  test("hide the same characters, in the same words", async () => {
    const characters = codesToTry().flatMap((code) => [
      String.fromCodePoint(code),
      ...(code < 0x10ffff && code !== 0xd7ff ? [String.fromCodePoint(code + 1)] : []),
    ]);
    const texts = Array.from({ length: Math.ceil(characters.length / 10) }, (_, index) =>
      characters.slice(index * 10, index * 10 + 10).join(""),
    );
    const said = await shownByTool(texts);
    expect(texts.filter((text, index) => said[index] !== shown(text))).toEqual([]);
  });

  const lengths = [196, 197, 198, 199, 200, 201, 500];
  const cut = ["x", "日", "\u{1f600}"].flatMap((one) => lengths.map((length) => one.repeat(length)));
  const cutInside = lengths.map((length) => `${"x".repeat(length)}\x1b`);
  test("show hostile texts alike, and cut long ones at the same place", async () => {
    const texts = [...hostileTexts.map(({ text }) => text), ...cut, ...cutInside, "\x1b".repeat(60)];
    expect(await shownByTool(texts)).toEqual(texts.map((text) => shown(text)));
  });

  test("take the same bytes for no UTF-8: cut, overlong, of surrogates, too large, alone", async () => {
    const bytes = [
      ...[
        "9b",
        "c2",
        "c2 41",
        "e2 80",
        "e2 80 41",
        "f0 9f 98",
        "f0 9f 98 41",
        "c0 80",
        "e0 80 80",
        "ed a0 80",
      ],
      ...["f0 80 80 80", "f4 90 80 80", "f5 80 80 80", "ff", "80 80", "c3 a9 9b c3"],
    ];
    for (const text of bytes) {
      const escapes = text.replaceAll(/(..) ?/g, "\\x$1");
      const said = new TextDecoder().decode(await bash(`visible $'${escapes}' 200; printf %s "$REPLY"`));
      const decoded = new TextDecoder().decode(Buffer.from(text.replaceAll(" ", ""), "hex"));
      expect(`${text}: ${said}`).toBe(`${text}: ${shown(decoded)}`);
    }
  });
});
