import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NcsCommand } from "../../src/linux/ncs-command.ts";
import { askNcsVersion } from "../../src/linux/ncs-version.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-ncs-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function command(path: string): NcsCommand {
  return { path, runAs: "ourselves", env: { PATH: "/usr/bin:/bin" }, passedOver: [] };
}

function ask(script: string) {
  const path = join(dir, "ncs");
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o700 });
  return askNcsVersion(command(path));
}

test("the version is the first line of what ncs says", async () =>
  expect(await ask('[ "$*" = --version ] && printf "\\n6.5\\nmore\\n"')).toEqual({ version: "6.5" }));
test("a failure names the exit code and what was complained of", async () =>
  expect(await ask("echo no licence >&2; exit 3")).toEqual({ failure: "exit 3: no licence" }));
test("a command that is not there is a failure too", async () =>
  expect(await askNcsVersion(command(join(dir, "none")))).toHaveProperty("failure"));
