import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRegular, openRegularLater, readRegular } from "../../src/linux/regular-file.ts";
import { testUnless } from "../lab/missing.ts";
import { evaluateAs, noOtherUsers, users } from "./as-user.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-regular-"));
  chmodSync(dir, 0o755);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const made = (name: string, text = "text") => {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
};
const fifo = (name: string) => {
  const path = join(dir, name);
  execFileSync("mkfifo", [path]);
  return path;
};
const given = { of: "anyone", bytesMax: 10 } as const;
const own = { of: "own", bytesMax: 10 } as const;

describe("a given file", () => {
  test("is read through a link too", () => {
    symlinkSync(made("a"), join(dir, "link"));
    expect(readRegular(join(dir, "link"), given)).toBe("text");
  });

  test("of exactly the largest size is read, and of one byte more refused with both sizes", () => {
    expect(readRegular(made("a", "0123456789"), given)).toBe("0123456789");
    expect(() => readRegular(made("b", "0123456789x"), given)).toThrow(/b has .*; more than .* is not read/);
  });

  test("that is a FIFO, a device, a directory or a socket is refused at once, with what it is", async () => {
    mkdirSync(join(dir, "directory"));
    const server = createServer().listen(join(dir, "socket"));
    await new Promise((resolve) => server.once("listening", resolve));
    const refusal = (path: string) => {
      expect(() => readRegular(path, given)).toThrow(`${path} is `);
      return expect(openRegularLater(path)).rejects.toThrow("not a regular file");
    };
    await refusal(fifo("fifo"));
    await refusal("/dev/zero");
    await refusal(join(dir, "directory"));
    await refusal(join(dir, "socket"));
    server.close();
  });

  test("is opened so that no program inherits it", () => {
    const { descriptor } = openRegular(made("a"), given);
    const flags =
      /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8"))?.[1] ?? "0";
    closeSync(descriptor);
    const cloexec = 0o2000000;
    const nonblock = 0o4000;
    expect(Number.parseInt(flags, 8) & (cloexec | nonblock)).toBe(cloexec | nonblock);
  });

  test("is the very one that was looked at", () => {
    const path = made("a");
    const { descriptor, stats } = openRegular(path, given);
    expect(fstatSync(descriptor).ino).toBe(stats.ino);
    closeSync(descriptor);
  });

  test("that is not there says so by its own name", () => {
    expect(() => readRegular(join(dir, "none"), given)).toThrow(
      `ENOENT: no such file or directory, open '${dir}/none'`,
    );
  });
});

describe("a file of nsomem's own", () => {
  test("is no link and has no second name", () => {
    const path = made("a");
    symlinkSync(path, join(dir, "link"));
    expect(() => readRegular(join(dir, "link"), own)).toThrow("link is a symbolic link");
    linkSync(path, join(dir, "hard"));
    expect(() => readRegular(path, own)).toThrow("a has a second name elsewhere (a hard link)");
  });

  for (const uid of users) {
    testUnless(noOtherUsers, `is root's, and not user ${uid}'s, for root`, () => {
      const path = made("a");
      expect(readRegular(path, own)).toBe("text");
      chownSync(path, uid, uid);
      expect(() => readRegular(path, own)).toThrow(`a belongs to user ${uid}`);
    });

    testUnless(noOtherUsers, `is root's or his own, and no third user's, for user ${uid}`, () => {
      const read = (owner: number) => {
        const path = made(`of-${owner}`);
        chownSync(path, owner, owner);
        const expression = `readRegular(${JSON.stringify(path)}, { of: "own", bytesMax: 10 })`;
        return evaluateAs(uid, { readRegular: "linux/regular-file.ts" }, expression);
      };
      expect(read(0)).toBe("text");
      expect(read(uid)).toBe("text");
      expect(read(7)).toMatchObject({ code: "FILE", message: `${dir}/of-7 belongs to user 7` });
    });
  }
});
