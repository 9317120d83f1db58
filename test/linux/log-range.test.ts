import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findLogRange } from "../../src/linux/log-range.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-log-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const timeOf = (line: string) => (/^\d+ /.test(line) ? Number(line.split(" ")[0]) : undefined);
const line = (at: number) => `${String(at).padStart(9, "0")} something was said\n`;

/** What is found, as text. */
async function find(text: string, sinceMs: number, untilMs: number, bytesMax = 1_000_000) {
  const path = join(dir, "log");
  writeFileSync(path, text);
  const file = await open(path);
  try {
    const bytes = Buffer.byteLength(text);
    const range = await findLogRange(file, bytes, { sinceMs, untilMs, bytesMax, timeOf });
    if (!range) return undefined;
    const found = readFileSync(path).toString("utf8", range.from, range.from + range.bytes);
    return { ...range, text: found };
  } finally {
    await file.close();
  }
}

describe("the lines of a time in a log", () => {
  test("are found in the midst of many, whole, and no others", async () => {
    const text = Array.from({ length: 200_000 }, (_, at) => line(at)).join("");
    const found = await find(text, 150_000, 150_003);
    expect(found?.text).toBe([150_000, 150_001, 150_002].map(line).join(""));
    expect(found?.holds).toBe("window");
  });

  test("of one of a few lines too, with the lines without a time behind them", async () => {
    const text = `${line(1)}${line(2)}\tat a.b.C\n${line(3)}`;
    expect((await find(text, 2, 3))?.text).toBe(`${line(2)}\tat a.b.C\n`);
    expect((await find(text, 0, 10))?.text).toBe(text);
  });

  test("are the last of them where they are more than may be", async () => {
    const text = Array.from({ length: 1000 }, (_, at) => line(at)).join("");
    const found = await find(text, 0, 900, 100);
    expect(found?.bytes).toBe(100);
    expect(found?.text).toEndWith(line(899));
  });

  test("where there are none, are the last ones before", async () => {
    const text = `${line(1)}${line(2)}${line(90)}`;
    expect(await find(text, 50, 60)).toMatchObject({ holds: "before", text: line(1) + line(2) });
    expect(await find(text, 100, 110)).toMatchObject({ holds: "before", text });
    expect(await find(line(90), 50, 60)).toBeUndefined();
  });

  test("without any times are the end of it", async () => {
    expect(await find("a\nb\n", 0, 1)).toMatchObject({ holds: "end", text: "a\nb\n" });
    expect(await find("", 0, 1)).toBeUndefined();
  });
});
