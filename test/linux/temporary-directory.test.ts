import { afterEach, expect, test } from "bun:test";
import { rmdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { makeTemporaryDirectory } from "../../src/linux/temporary-directory.ts";

const before = process.env.TMPDIR;
afterEach(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
});

test("a temporary directory is its maker's alone", () => {
  const dir = makeTemporaryDirectory("nsomem-test-");
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  expect(dir).toStartWith(tmpdir());
  rmdirSync(dir);
});

test("where none can be made that is a sentence with the way out", () => {
  process.env.TMPDIR = "/proc";
  expect(() => makeTemporaryDirectory("nsomem-test-")).toThrow(
    /^no directory can be made in \/proc: .*; name another with TMPDIR=\/directory$/,
  );
});
