import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endingOfTail, moveAside, sha256Of } from "../../src/linux/dump-file.ts";
import { writeDated } from "./dated-file.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-dump-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const nowMs = Date.parse("2026-11-23T12:00:00Z");
const write = (name: string, text: string, atMs: number) => writeDated(dir, name, text, atMs);

describe("the ending of a dump", () => {
  test("=end on a line of its own is complete, with or without a newline after it", () => {
    expect(endingOfTail("=loaded_modules\n=end\n")).toBe("complete");
    expect(endingOfTail("=end")).toBe("complete");
  });

  test("=end within a line is not", () => {
    expect(endingOfTail("a=end\n")).toBe("cut");
    expect(endingOfTail("=end\n=proc:<0.1.0>\n")).toBe("cut");
  });

  test("=abort is a dump that met its size limit", () => {
    expect(endingOfTail("x\n=abort:CRASH DUMP SIZE LIMIT REACHED\n")).toBe("aborted");
  });
});

describe("moving an old dump aside", () => {
  test("keeps its content under a name with its own time", async () => {
    const path = write("erl_crash.dump", "old", nowMs - 60_000);
    const aside = await moveAside(path, nowMs);
    expect(aside).toBe(`${path}.20261123T115900Z`);
    expect(readFileSync(aside ?? "", "utf8")).toBe("old");
    expect(existsSync(path)).toBe(false);
  });

  test("never overwrites one that was moved before", async () => {
    const path = write("d", "second", nowMs - 60_000);
    write("d.20261123T115900Z", "first", nowMs);
    expect(await moveAside(path, nowMs)).toBe(`${path}.20261123T115900Z-1`);
    expect(readFileSync(`${path}.20261123T115900Z`, "utf8")).toBe("first");
  });

  test("leaves alone what is being written, what is no file, what is a link, and what is not there", async () => {
    const fresh = write("d", "new", nowMs - 2999);
    expect(await moveAside(fresh, nowMs)).toBeUndefined();
    expect(await moveAside(fresh, nowMs, { isInTheWay: true })).toContain(`${fresh}.`);
    mkdirSync(join(dir, "directory"));
    expect(await moveAside(join(dir, "directory"), nowMs)).toBeUndefined();
    expect(await moveAside(join(dir, "none"), nowMs)).toBeUndefined();
    symlinkSync(write("old", "old", nowMs - 60_000), join(dir, "link"));
    expect(await moveAside(join(dir, "link"), nowMs)).toBeUndefined();
    expect(lstatSync(join(dir, "link")).isSymbolicLink()).toBe(true);
  });
});

test("the checksum of a file is what sha256sum says, and of none there is none", async () => {
  const path = write("a", "abc", nowMs);
  expect(await sha256Of(path)).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(await sha256Of(join(dir, "none"))).toBeUndefined();
});
