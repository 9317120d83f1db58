import { describe, expect, test } from "bun:test";
import type { DumpProspect } from "../../src/core/dump-prospect.ts";
import { checkPath, checkRoom } from "../../src/doctor/crash-dump.ts";

const good: DumpProspect = {
  outlook: "good",
  path: "/run/ncs/ncs_crash.dump",
  roomKib: 2 * 1024 ** 2,
  needKib: 2 * 1024 ** 2,
  reasons: [],
};

describe("the path of a crash dump", () => {
  test("is shown where nothing speaks against it", () =>
    expect(checkPath(good)).toMatchObject({ verdict: "ok", found: "/run/ncs/ncs_crash.dump" }));
  test("is a warning with the doubts, also where it is unknown", () => {
    const reasons = ["nobody knows", "it may be cut"];
    expect(checkPath({ ...good, outlook: "doubtful", path: null, reasons })).toMatchObject({
      verdict: "warn",
      found: "unknown: nobody knows; it may be cut",
    });
  });
  test("fails where there will be no dump", () =>
    expect(checkPath({ ...good, outlook: "hopeless", reasons: ["dumps are disabled"] })).toMatchObject({
      verdict: "fail",
      found: "there can be none: dumps are disabled",
    }));
});

describe("the room for a crash dump", () => {
  test("is enough when it is exactly what is needed", () =>
    expect(checkRoom(good)).toMatchObject({
      verdict: "ok",
      found: expect.stringContaining("2.0 GiB free for about 2.0 GiB (up to 2.1 × what the core will hold"),
    }));
  test("is a warning one KiB below, naming the directory", () => {
    const check = checkRoom({ ...good, roomKib: 2 * 1024 ** 2 - 1 });
    expect(check.verdict).toBe("warn");
    expect(check.mend).toStartWith("free some space in /run/ncs,");
  });
  test("is a warning where it is not known", () =>
    expect(checkRoom({ ...good, roomKib: null })).toMatchObject({ verdict: "warn" }));
});
