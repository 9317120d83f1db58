import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileLines, type LineOptions } from "../../src/linux/file-lines.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-lines-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function linesOf(text: string, options: Partial<LineOptions> = {}): string[] {
  const path = join(dir, "file");
  writeFileSync(path, text);
  const descriptor = openSync(path, "r");
  const lines = fileLines(descriptor, { lengthMax: 10, ...options });
  const both = [[...lines], [...lines]];
  closeSync(descriptor);
  expect(both[1]).toEqual(both[0] ?? []);
  return both[0] ?? [];
}

describe("the lines of a file", () => {
  test("are the same each time they are asked for; the last needs no newline", () => {
    expect(linesOf("one\n\ntwo")).toEqual(["one", "", "two"]);
    expect(linesOf("")).toEqual([]);
  });

  test("of exactly the length are whole, and longer ones come cut by one character more", () => {
    expect(linesOf("0123456789\n0123456789abc\nx\n")).toEqual(["0123456789", "0123456789a", "x"]);
  });

  test("are whole over the pieces in which they are read, also within a character", () => {
    const line = "ä".repeat(200_000);
    expect(linesOf(`x${line}\nend\n`, { lengthMax: 300_000 })).toEqual([`x${line}`, "end"]);
  });

  test("end where reading is to end", () => {
    expect(linesOf("one\ntwo\nthree\n", { bytesMax: 6 })).toEqual(["one", "tw"]);
  });

  test("of a hole of 1 GiB are none, and take no memory; the line behind it is whole", () => {
    const path = join(dir, "hole");
    writeFileSync(path, "first\n");
    truncateSync(path, (1 << 30) - 3);
    appendFileSync(path, "behind\nlast\n");
    const descriptor = openSync(path, "r");
    const lines = [...fileLines(descriptor, { lengthMax: 10 })];
    closeSync(descriptor);
    expect(lines).toEqual(["first", "behind", "last"]);
  }, 20_000);

  test("end in CR LF as in LF, and may begin with a byte order mark", () => {
    expect(linesOf("\ufeffone\r\ntwo\r\r\n\r\nthree\r")).toEqual(["one", "two", "", "three"]);
    expect(linesOf("one\n\ufefftwo\n")).toEqual(["one", "two"]);
  });
});
