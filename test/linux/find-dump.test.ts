import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDumpFile, knownFiles } from "../../src/linux/find-dump.ts";
import { writeDated } from "./dated-file.ts";

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), "nsomem-find-")));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const nowMs = Date.parse("2026-11-23T12:00:00Z");
const write = (name: string, text: string, atMs: number) => writeDated(dir, name, text, atMs);
const search = (...names: string[]) => ({
  places: names.map((name) => ({ path: join(dir, name), reach: join(dir, name) })),
  alike: false,
});

describe("by the clock", () => {
  test("the first place that was written since then, with its size", async () => {
    write("a", "=end\n", nowMs - 60_000);
    write("b", "…\n=end\n", nowMs);
    expect(await findDumpFile(search("none", "a", "b"), { sinceMs: nowMs })).toEqual({
      path: join(dir, "b"),
      bytes: 9,
      ending: "complete",
    });
  });

  test("one second before still counts, since some file systems keep whole seconds", async () => {
    write("a", "", nowMs - 1000);
    expect(await findDumpFile(search("a"), { sinceMs: nowMs })).toMatchObject({ ending: "empty" });
    expect(await findDumpFile(search("a"), { sinceMs: nowMs + 1 })).toBeUndefined();
  });
});

describe("by what was there before", () => {
  test("a file that is the same is old, whatever its time says", async () => {
    write("a", "=end\n", nowMs + 3_600_000);
    expect(await findDumpFile(search("a"), { known: await knownFiles(search("a")) })).toBeUndefined();
  });

  test("one that came since is new, although a slow clock of its server dates it before", async () => {
    const known = await knownFiles(search("a"));
    write("a", "=end\n", nowMs - 20_000);
    expect(await findDumpFile(search("a"), { known })).toMatchObject({ ending: "complete" });
  });

  test("one that was written over is new", async () => {
    write("a", "=end\n", nowMs);
    const known = await knownFiles(search("a"));
    write("a", "more\n=end\n", nowMs);
    expect(await findDumpFile(search("a"), { known })).toMatchObject({ bytes: 10 });
  });

  test("one that was moved aside is known under its new name", async () => {
    const alike = { ...search("a"), alike: true };
    write("a", "=end\n", nowMs);
    const known = await knownFiles(alike);
    renameSync(join(dir, "a"), join(dir, "a.20261123T120000Z"));
    expect(await findDumpFile(alike, { known })).toBeUndefined();
  });
});

describe("names that begin alike", () => {
  test("are looked at only where that is asked", async () => {
    write("ncs_crash.dump.20261123-120000", "=end\n", nowMs);
    expect(await findDumpFile(search("ncs_crash.dump"), { known: new Set() })).toBeUndefined();
  });

  test("give the newest of several", async () => {
    write("ncs_crash.dump.20261122-120000", "old\n=end\n", nowMs - 1000);
    write("ncs_crash.dump.20261123-120000", "=end\n", nowMs);
    write("other", "=end\n", nowMs + 1000);
    const alike = { ...search("ncs_crash.dump"), alike: true };
    expect(await findDumpFile(alike, { known: new Set() })).toMatchObject({
      path: join(dir, "ncs_crash.dump.20261123-120000"),
    });
  });
});

test("a dump behind a link is found where it really lies", async () => {
  symlinkSync(write("large", "=end\n", nowMs), join(dir, "erl_crash.dump"));
  expect(await findDumpFile(search("erl_crash.dump"), { known: new Set() })).toMatchObject({
    path: join(dir, "large"),
  });
});

test("a new file that cannot be read is told from none, and one that can is taken before it", async () => {
  chmodSync(dir, 0o755);
  chmodSync(write("erl_crash.dump", "=end\n", nowMs), 0);
  write("ncs_crash.dump", "=end\n", nowMs);
  const find = (...names: string[]) => asNobody(() => findDumpFile(search(...names), { known: new Set() }));
  expect(await find("erl_crash.dump")).toMatchObject({ bytes: 5, ending: "unread" });
  expect(await find("erl_crash.dump", "ncs_crash.dump")).toMatchObject({ ending: "complete" });
});

/** Root reads what nobody may read. */
async function asNobody<T>(run: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return await run();
  process.seteuid?.(65534);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}
