import { afterEach, beforeEach, expect, test } from "bun:test";
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
import { fileLineSpans, textOf } from "../../src/linux/file-line-spans.ts";
import { fileLines } from "../../src/linux/file-lines.ts";

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-spans-"));
  path = join(dir, "file");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function read(): { spans: string[]; lines: string[] } {
  const descriptor = openSync(path, "r");
  try {
    return {
      spans: Array.from(fileLineSpans(descriptor), textOf),
      lines: [...fileLines(descriptor, { lengthMax: 2 ** 20 })],
    };
  } finally {
    closeSync(descriptor);
  }
}

test.each([
  ["nothing", ""],
  ["a last line without a newline", "one\n\ntwo"],
  ["CR LF and a byte order mark", "\ufeffone\r\ntwo\r\n"],
  ["NULs within a line", "o\0ne\ntwo\n"],
  ["lines over the ends of pieces", `${"0123456789 ".repeat(7)}\n`.repeat(40_000)],
  ["characters over the ends of pieces", `${"ä€".repeat(333)}\n`.repeat(2_000)],
])("the lines of a file as bytes are those of its text: %s", (_, text) => {
  writeFileSync(path, text);
  const { spans, lines } = read();
  expect(spans).toEqual(lines);
});

test("a hole of 100 MiB is passed over; the line behind it is whole", () => {
  writeFileSync(path, "first\n");
  truncateSync(path, 100 * 2 ** 20 - 3);
  appendFileSync(path, "behind\nlast\n");
  expect(read().spans).toEqual(["first", "behind", "last"]);
});

test("of a line over 1 MiB the first MiB comes out, and the next line is whole", () => {
  writeFileSync(path, `one\n${"x".repeat(3 * 2 ** 20)}\ntwo\n`);
  const { spans } = read();
  expect(spans.map(({ length }) => length)).toEqual([3, 2 ** 20, 3]);
});
