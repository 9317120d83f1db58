import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeBundle } from "../../src/bundle/archive.ts";
import { tarHeader } from "../../src/bundle/tar.ts";
import { logLines } from "../../src/record/log-window.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-bundle-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const nowMs = Date.parse("2026-11-23T12:00:00Z");
const tarMissing = missingCommand("tar", "sha256sum", "gzip");
const unpack = (file: string) => Bun.spawnSync(["tar", "-xzf", file, "-C", dir], { stderr: "pipe" });

describe("a bundle", () => {
  testUnless(tarMissing, "is unpacked by plain tar, file by file, and its checksums hold", async () => {
    writeFileSync(join(dir, "dump.bin"), Buffer.alloc(3_000_001, 7));
    writeFileSync(join(dir, "none.txt"), "");
    const out = join(dir, "b.tar.gz");
    const long = `at-critical/${"long-".repeat(18)}.txt`;
    const bundled = await writeBundle({
      out,
      root: "incident",
      nowMs,
      files: [
        { name: "SUMMARY.md", text: "# ünïcode\n" },
        { name: "debug-dumps/dump1.bin", path: join(dir, "dump.bin") },
        { name: "empty", path: join(dir, "none.txt") },
        { name: "logs/a.log", pieces: () => ["one\n", "", "two\n"] },
        { name: long, text: "x" },
      ],
    });
    expect(unpack(out).success).toBe(true);
    const root = join(dir, "incident");
    expect(readFileSync(join(root, "SUMMARY.md"), "utf8")).toBe("# ünïcode\n");
    expect(readFileSync(join(root, "debug-dumps/dump1.bin")).equals(Buffer.alloc(3_000_001, 7))).toBe(true);
    expect(readFileSync(join(root, "empty"), "utf8")).toBe("");
    expect(readFileSync(join(root, "logs/a.log"), "utf8")).toBe("one\ntwo\n");
    expect(readFileSync(join(root, long), "utf8")).toBe("x");
    const check = Bun.spawnSync(["sha256sum", "-c", "--quiet", "SHA256SUMS"], { cwd: root });
    expect(check.exitCode).toBe(0);
    expect(bundled.map(({ name, shrunk }) => `${name} ${shrunk}`)).toHaveLength(5);
    expect(readdirSync(root).sort()).toEqual([
      "SHA256SUMS",
      "SUMMARY.md",
      "at-critical",
      "debug-dumps",
      "empty",
      "logs",
    ]);
  });

  testUnless(tarMissing, "holds a growing file as long as it was when its turn came", async () => {
    const path = join(dir, "growing.log");
    writeFileSync(path, "12345");
    const pieces = function* () {
      yield "first";
    };
    const out = join(dir, "b.tar.gz");
    const writing = writeBundle({
      out,
      root: "i",
      nowMs,
      files: [
        { name: "a", pieces },
        { name: "g", path },
      ],
    });
    await writing;
    writeFileSync(path, "123456789");
    expect(unpack(out).success).toBe(true);
    expect(readFileSync(join(dir, "i/g"), "utf8")).toBe("12345");
  });

  test("only its owner may read it", async () => {
    const out = join(dir, "b.tar.gz");
    await writeBundle({ out, root: "i", nowMs, files: [] });
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  test("that cannot be finished leaves nothing behind, and an older one of that name as it was", async () => {
    const out = join(dir, "b.tar.gz");
    writeFileSync(out, "older");
    const files = [{ name: "gone", path: join(dir, "gone") }];
    await expect(writeBundle({ out, root: "i", nowMs, files })).rejects.toThrow("cannot write");
    expect(readFileSync(out, "utf8")).toBe("older");
    expect(existsSync(`${out}.partial`)).toBe(false);
  });

  testUnless(
    missingCommand("mount") ?? (process.getuid?.() === 0 ? undefined : "a small file system needs root"),
    "on a disk that fills leaves no half of itself, and succeeds when there is room",
    async () => {
      const small = join(dir, "small");
      mkdirSync(small);
      if (!Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", small]).success) return;
      try {
        // Random, so that gzip cannot make it small.
        writeFileSync(join(dir, "random"), crypto.getRandomValues(new Uint8Array(65_536)));
        const random = readFileSync(join(dir, "random"));
        const big = join(dir, "big");
        for (let index = 0; index < 16; index++)
          writeFileSync(
            big,
            random.map((byte) => byte ^ (index * 37)),
            { flag: "a" },
          );
        const out = join(small, "b.tar.gz");
        const files = [{ name: "big", path: big }];
        await expect(writeBundle({ out, root: "i", nowMs, files })).rejects.toThrow(/no space|ENOSPC/i);
        expect(readdirSync(small)).toEqual([]);
        Bun.spawnSync(["mount", "-o", "remount,size=4m", small]);
        await writeBundle({ out, root: "i", nowMs, files });
        expect(readdirSync(small)).toEqual(["b.tar.gz"]);
      } finally {
        Bun.spawnSync(["umount", "-l", small]);
      }
    },
  );
});

describe("a tar header", () => {
  const size = (bytes: number) => Buffer.from(tarHeader({ name: "x", bytes, mtimeMs: 0 }).subarray(124, 136));

  test("holds up to 8 GiB less one byte in octal, more in binary", () => {
    expect(size(8 ** 11 - 1).toString("latin1")).toBe("77777777777\0");
    expect(size(8 ** 11)[0]).toBe(0x80);
    expect(size(8 ** 11).readBigUInt64BE(4)).toBe(8n ** 11n);
  });

  test("refuses a name that no tar could read back", () => {
    expect(() => tarHeader({ name: "x".repeat(101), bytes: 0, mtimeMs: 0 })).toThrow("too long");
  });
});

describe("the lines of a window", () => {
  const stamp = (second: number) => `2026-11-23T12:00:${String(second).padStart(2, "0")}.000+00:00`;
  const lines = (since: number, until: number) =>
    [...logLines(join(dir, "a.log"), { sinceMs: nowMs + since * 1000, untilMs: nowMs + until * 1000 })].join(
      "",
    );

  test("come from the rotated files too, oldest first; a line without a time goes with the one before", () => {
    writeFileSync(join(dir, "a.log.2"), `${stamp(1)} one\n`);
    writeFileSync(join(dir, "a.log.1"), `${stamp(2)} two\n  more of it\n`);
    writeFileSync(join(dir, "a.log"), `${stamp(3)} three\n${stamp(4)} four`);
    expect(lines(2, 4)).toBe(`${stamp(2)} two\n  more of it\n${stamp(3)} three\n`);
    expect(lines(4, 5)).toBe(`${stamp(4)} four\n`);
    expect(lines(10, 20)).toBe("");
  });

  test("of a log that is not there are none", () => {
    expect(lines(0, 60)).toBe("");
  });
});
