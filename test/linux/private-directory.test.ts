import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { doNow } from "../../src/linux/file-work.ts";
import {
  inPrivateDirectory,
  openPrivateDirectory,
  refuseForeign,
} from "../../src/linux/private-directory.ts";
import { testUnless } from "../lab/missing.ts";
import { directoryOf, evaluateAs, noOtherUsers, users } from "./as-user.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-private-"));
  // Others may come as far as this: what is below is not sealed by it.
  chmodSync(dir, 0o755);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const touch = (path: string) =>
  inPrivateDirectory(path, (held) => held.at("file", (way) => writeFileSync(way, "x")));

describe("a directory of one's own", () => {
  test("is made with everything above it, for its owner alone", () => {
    const path = join(dir, "a", "b");
    touch(path);
    expect([join(dir, "a"), path].map((one) => statSync(one).mode & 0o777)).toEqual([0o700, 0o700]);
    expect(readdirSync(path)).toEqual(["file"]);
  });

  test("is written through its descriptor, also when another one was put in its place", () => {
    const path = join(dir, "home");
    const held = doNow(openPrivateDirectory(path));
    renameSync(path, join(dir, "moved"));
    mkdirSync(path);
    held.at("file", (way) => writeFileSync(way, "x"));
    expect(doNow(held.isInPlace())).toBe(false);
    held.close();
    expect(existsSync(join(dir, "moved", "file"))).toBe(true);
    expect(readdirSync(path)).toEqual([]);
  });

  test("names its file in an error, not the way to it", () => {
    const path = join(dir, "home");
    expect(() =>
      inPrivateDirectory(path, (held) => held.at("no/file", (way) => writeFileSync(way, ""))),
    ).toThrow(`'${path}/no/file'`);
  });

  test("may be reached through a link of one's own", () => {
    mkdirSync(join(dir, "disk"), { mode: 0o700 });
    symlinkSync("disk", join(dir, "home"));
    touch(join(dir, "home"));
    expect(readdirSync(join(dir, "disk"))).toEqual(["file"]);
  });

  test("in whose place a file is, is refused in a sentence", () => {
    writeFileSync(join(dir, "home"), "");
    expect(() => touch(join(dir, "home"))).toThrow(`${dir}/home is not a directory; use another --home`);
  });
});

describe("a directory that others can write", () => {
  test("is refused by name with the command, and nothing is written", () => {
    const path = join(dir, "home");
    mkdirSync(path);
    chmodSync(path, 0o777);
    expect(() => touch(path)).toThrow(
      `refused: directory ${path} can be written by others (mode 0777); mend it with: chmod go-w ${path}, or use another --home`,
    );
    expect(readdirSync(path)).toEqual([]);
  });

  test("is refused above it as well, unless it is sticky", () => {
    const above = join(dir, "above");
    mkdirSync(above);
    chmodSync(above, 0o777);
    expect(() => touch(join(above, "home"))).toThrow(`directory ${above} can be written`);
    expect(readdirSync(above)).toEqual([]);
    chmodSync(above, 0o1777);
    touch(join(above, "home"));
    expect(readdirSync(above)).toEqual(["home"]);
  });

  test("is accepted below one that nobody else can enter", () => {
    const sealed = join(dir, "sealed");
    mkdirSync(join(sealed, "home"), { recursive: true });
    chmodSync(join(sealed, "home"), 0o1777);
    chmodSync(sealed, 0o711);
    expect(() => refuseForeign(join(sealed, "home"))).toThrow("is everybody's");
    chmodSync(sealed, 0o700);
    touch(join(sealed, "home"));
  });
});

for (const uid of users) {
  describe(`between root and user ${uid}`, () => {
    testUnless(noOtherUsers, "root refuses his directory, one below it, and his link", () => {
      const his = directoryOf(uid, dir, "his");
      const refusal = `directory ${his} belongs to user ${uid}, not to root; mend it with: chown root ${his}`;
      expect(() => touch(his)).toThrow(refusal);
      expect(() => touch(join(his, "below"))).toThrow(refusal);
      expect(readdirSync(his)).toEqual([]);
      mkdirSync(join(dir, "mine"), { mode: 0o700 });
      symlinkSync(join(dir, "mine"), join(his, "link"));
      expect(() => touch(join(his, "link"))).toThrow(refusal);
    });

    const touchAs = (path: string) =>
      evaluateAs(
        uid,
        { inPrivateDirectory: "linux/private-directory.ts" },
        `inPrivateDirectory(${JSON.stringify(path)}, (held) => held.at("file", (way) => Bun.write(way, "x")))`,
      );

    testUnless(noOtherUsers, "he uses his own, and refuses a third user's", () => {
      const his = directoryOf(uid, dir, "his");
      expect(touchAs(join(his, "home"))).toBe(1);
      const third = directoryOf(7, dir, "third");
      chmodSync(third, 0o777);
      expect(touchAs(third)).toMatchObject({
        code: "UNTRUSTED",
        message: expect.stringContaining(`belongs to user 7, neither to root nor to user ${uid}`),
      });
      expect(readdirSync(third)).toEqual([]);
    });

    testUnless(
      noOtherUsers,
      "he uses one that his private group or root's can write, no other group's",
      () => {
        const his = directoryOf(uid, dir, "his");
        const withGroup = (gid: number) => {
          chownSync(his, uid, gid);
          chmodSync(his, 0o775);
          return touchAs(his);
        };
        expect([withGroup(uid), withGroup(0)]).toEqual([1, 1]);
        expect(withGroup(100)).toMatchObject({ code: "UNTRUSTED" });
      },
    );
  });
}
