import { describe, expect, test } from "bun:test";
import { breakFlagOf, classify, confFileOf, parseCmdline } from "../../src/core/nso.ts";
import { coreArgv, nsoCommandLines, otherCommandLines } from "./command-lines.ts";

describe("a command line", () => {
  test.each(nsoCommandLines)("$what is NSO's", ({ argv, is }) => {
    expect(classify(argv)).toEqual(is);
  });

  test.each(otherCommandLines)("$what is not NSO's", ({ argv }) => {
    expect(classify(argv)).toBeUndefined();
  });

  test("of no tokens, as kernel threads and zombies have it, is not NSO's", () => {
    expect(classify([])).toBeUndefined();
  });
});

describe("the tokens of /proc/PID/cmdline", () => {
  test("end with a NUL each", () => {
    expect(parseCmdline("ncs.smp\0-boot\0ncs\0")).toEqual(["ncs.smp", "-boot", "ncs"]);
  });

  test("may be empty, in the middle and at the end", () => {
    expect(parseCmdline("a\0\0b\0")).toEqual(["a", "", "b"]);
    expect(parseCmdline("a\0\0")).toEqual(["a", ""]);
  });

  test("may lack the last NUL, when the process has overwritten them", () => {
    expect(parseCmdline("postgres: writer")).toEqual(["postgres: writer"]);
  });

  test("are none in an empty file", () => {
    expect(parseCmdline("")).toEqual([]);
  });
});

describe("the core's arguments", () => {
  test("name its configuration", () => {
    expect(confFileOf(coreArgv("/home/lab/ncs.conf"))).toBe("/home/lab/ncs.conf");
    expect(confFileOf(["ncs.smp"])).toBeUndefined();
    expect(confFileOf(["ncs.smp", "-conffile"])).toBeUndefined();
  });

  test.each(["+B", "-B", "-Bd", "+Bi", "-Bc"])("hold %s, which ends an old OTP without a dump", (flag) => {
    expect(breakFlagOf(["ncs.smp", "-K", "true", flag, "--", "-boot", "ncs"])).toBe(flag);
  });

  test("may hold -B behind the first --, where it is NSO's and not the emulator's", () => {
    expect(breakFlagOf(["ncs.smp", "-K", "true", "--", "-B", "-boot", "ncs"])).toBeUndefined();
    expect(breakFlagOf(coreArgv())).toBeUndefined();
  });
});
