import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replaceFile, replaceFileSync, replaceWithPieces } from "../../src/linux/replace-file.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-replace-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const ways: [string, (path: string, text: string) => Promise<void>][] = [
  ["later", (path, text) => replaceFile(path, (file) => file.writeFile(text))],
  ["at once", async (path, text) => replaceFileSync(path, (descriptor) => writeFileSync(descriptor, text))],
];

describe.each(ways)("a file that the operator names, %s", (_, replace) => {
  test("is for its owner alone", async () => {
    await replace(join(dir, "out"), "text");
    expect(readFileSync(join(dir, "out"), "utf8")).toBe("text");
    expect(statSync(join(dir, "out")).mode & 0o777).toBe(0o600);
  });

  test("does not write through a link that somebody put in its place or beside it", async () => {
    writeFileSync(join(dir, "victim"), "original");
    symlinkSync("victim", join(dir, "out"));
    symlinkSync("victim", join(dir, "out.partial"));
    await replace(join(dir, "out"), "text");
    expect(readFileSync(join(dir, "out"), "utf8")).toBe("text");
    expect(readFileSync(join(dir, "victim"), "utf8")).toBe("original");
    expect(readdirSync(dir).sort()).toEqual(["out", "victim"]);
  });

  test("is not put in the place of a device, directly or by a link", async () => {
    symlinkSync("/dev/null", join(dir, "out"));
    await expect(replace(join(dir, "out"), "text")).rejects.toThrow("out is a device, not a regular file");
    expect(readlinkSync(join(dir, "out"))).toBe("/dev/null");
  });

  test("that cannot be finished stays as it was", async () => {
    writeFileSync(join(dir, "out"), "older");
    const failing = replaceFile(join(dir, "out"), () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(readFileSync(join(dir, "out"), "utf8")).toBe("older");
    expect(readdirSync(dir)).toEqual(["out"]);
  });
});

test("a text in pieces appears whole, and not through a link", () => {
  writeFileSync(join(dir, "victim"), "original");
  symlinkSync("victim", join(dir, "out"));
  replaceWithPieces(join(dir, "out"), ["be", "fore ", "after"]);
  expect(readFileSync(join(dir, "out"), "utf8")).toBe("before after");
  expect(readFileSync(join(dir, "victim"), "utf8")).toBe("original");
  const failing = function* () {
    yield "half";
    throw new Error("no more");
  };
  expect(() => replaceWithPieces(join(dir, "out"), failing())).toThrow("no more");
  expect(readFileSync(join(dir, "out"), "utf8")).toBe("before after");
  expect(readdirSync(dir).sort()).toEqual(["out", "victim"]);
});
