import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FileHolder, fileHolder, readHeld } from "../../src/linux/held-files.ts";
import { readOptional } from "../../src/linux/procfs.ts";

let dir: string;
let holder: FileHolder;
const pathOf = (name: string) => join(dir, name);
const write = (name: string, text: string) => writeFileSync(pathOf(name), text);
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-held-"));
  holder = fileHolder();
});
afterEach(() => {
  holder.hold([]);
  rmSync(dir, { recursive: true });
});

test("a held file is read anew each time, from its descriptor", () => {
  write("meminfo", "one");
  holder.hold([pathOf("meminfo")]);
  expect(readHeld(pathOf("meminfo"))).toBe("one");
  write("meminfo", "two, and longer");
  expect(readHeld(pathOf("meminfo"))).toBe("two, and longer");
});

test("what is not held is none of its business", () => {
  write("meminfo", "one");
  expect(readHeld(pathOf("meminfo"))).toBeUndefined();
  expect(readOptional(pathOf("meminfo"))).toBe("one");
});

test("one that was replaced is opened anew, one that was removed is gone", () => {
  write("limit", "one");
  holder.hold([pathOf("limit")]);
  write("other", "two");
  renameSync(pathOf("other"), pathOf("limit"));
  expect(readOptional(pathOf("limit"))).toBe("two");
  rmSync(pathOf("limit"));
  expect(readOptional(pathOf("limit"))).toBeUndefined();
  write("limit", "three");
  expect(readOptional(pathOf("limit"))).toBe("three");
});

test("a process that has ended is gone, although its file is held", async () => {
  const child = Bun.spawn(["sleep", "60"]);
  const path = `/proc/${child.pid}/stat`;
  holder.hold([path]);
  expect(readOptional(path)).toContain("(sleep)");
  child.kill("SIGKILL");
  await child.exited;
  expect(readOptional(path)).toBeUndefined();
});

test("two may hold one file, and no descriptor is left when neither does", () => {
  write("meminfo", "one");
  const open = () => readdirSync("/proc/self/fd").length;
  const before = open();
  const other = fileHolder();
  holder.hold([pathOf("meminfo")]);
  other.hold([pathOf("meminfo")]);
  expect(open()).toBe(before + 1);
  holder.hold([]);
  expect(readHeld(pathOf("meminfo"))).toBe("one");
  other.hold([]);
  expect(open()).toBe(before);
});

test("more than a small number is not held, the first ones are", () => {
  const names = Array.from({ length: 40 }, (_, n) => `f${n}`);
  for (const name of names) write(name, name);
  holder.hold(names.map(pathOf));
  expect(readHeld(pathOf("f0"))).toBe("f0");
  expect(readHeld(pathOf("f39"))).toBeUndefined();
});
