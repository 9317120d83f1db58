import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readBeside, silenceAt } from "../../src/linux/silent-place.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-silent-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("what is there answers, and so does what is not", async () => {
  expect(await silenceAt(dir)).toBeUndefined();
  expect(await silenceAt(join(dir, "missing"))).toBeUndefined();
});

test("a program is read beside this thread, and what cannot be is passed over: nothing, a directory, a FIFO", async () => {
  const program = join(dir, "ncs");
  writeFileSync(program, "#!/bin/sh\n");
  utimesSync(program, 1, 1);
  await readBeside(program);
  // A mount without times of access keeps the old one.
  expect(statSync(program).mtimeMs).toBe(1000);
  Bun.spawnSync(["mkfifo", join(dir, "fifo")]);
  for (const name of ["missing", ".", "fifo"]) expect(await readBeside(join(dir, name))).toBeUndefined();
});
