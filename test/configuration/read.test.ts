import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig, readTrustedConfig } from "../../src/configuration/read.ts";
import { testUnless } from "../lab/missing.ts";
import { evaluateAs, noOtherUsers, users } from "../linux/as-user.ts";

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-config-"));
  chmodSync(dir, 0o755);
  path = join(dir, "nsomem.toml");
  writeFileSync(path, "[physical]\nwarning_percent = 80\n");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const required = { required: true };
const refusal = (read = () => readConfig(path, required)) => {
  try {
    read();
    return expect.unreachable();
  } catch (error) {
    return error as { code: string; exitCode: number; message: string };
  }
};

describe("a configuration", () => {
  test("is read through a link, and may be absent where none was named", () => {
    symlinkSync("nsomem.toml", join(dir, "link"));
    expect(readTrustedConfig(join(dir, "link"), required).config.physical.warning_percent).toBe(80);
    expect(readTrustedConfig(join(dir, "none"), { required: false }).file).toBeUndefined();
  });

  test("that is a FIFO or a device is refused at once, in a sentence and with exit 2", () => {
    rmSync(path);
    execFileSync("mkfifo", [path]);
    expect(refusal()).toMatchObject({
      code: "CONFIG",
      exitCode: 2,
      message: `cannot read the configuration: ${path} is a FIFO (named pipe), not a regular file`,
    });
    expect(refusal(() => readConfig("/dev/zero", required)).message).toContain("/dev/zero is a device");
  });

  test("of more than 1 MiB is refused", () => {
    truncateSync(path, 1024 * 1024 + 1);
    expect(refusal().message).toContain("more than 1.0 MiB is not read");
  });

  test("that others can write is refused before it is understood", () => {
    writeFileSync(path, "no toml");
    chmodSync(path, 0o666);
    expect(refusal(() => readTrustedConfig(path, required)).code).toBe("UNTRUSTED");
    expect(refusal().code).toBe("CONFIG");
  });

  for (const uid of users)
    testUnless(noOtherUsers, `of user ${uid} is obeyed by him, not by root, and root's by both`, () => {
      const percentAs = (reader: number) =>
        evaluateAs(
          reader,
          { readTrustedConfig: "configuration/read.ts" },
          `readTrustedConfig(${JSON.stringify(path)}, { required: true }).config.physical.warning_percent`,
        );
      expect([percentAs(0), percentAs(uid)]).toEqual([80, 80]);
      chownSync(path, uid, uid);
      expect(percentAs(uid)).toBe(80);
      expect(percentAs(0)).toMatchObject({ code: "UNTRUSTED" });
      expect(percentAs(7)).toMatchObject({ code: "UNTRUSTED" });
    });
});
