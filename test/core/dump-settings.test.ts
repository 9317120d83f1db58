import { describe, expect, test } from "bun:test";
import { readDumpSettings } from "../../src/core/dump-settings.ts";

const argv = ["/opt/ncs/erts/bin/ncs.smp", "--", "-boot", "ncs"];
const heart = [...argv, "-heart", "-ncs", "true"];
const disabledBy = (environ: Record<string, string>, words = argv) =>
  readDumpSettings(environ, words).disabledBy;

describe("what disables the dump", () => {
  test.each([
    [{ ERL_CRASH_DUMP_SECONDS: "0" }, "ERL_CRASH_DUMP_SECONDS=0"],
    // As C's atoi reads them; each measured on OTP 25.
    [{ ERL_CRASH_DUMP_SECONDS: "" }, 'ERL_CRASH_DUMP_SECONDS=""'],
    [{ ERL_CRASH_DUMP_SECONDS: "abc" }, "ERL_CRASH_DUMP_SECONDS=abc"],
    [{ ERL_CRASH_DUMP_BYTES: "0" }, "ERL_CRASH_DUMP_BYTES=0"],
    [{ DISABLE_NCS_DUMP: "true" }, "DISABLE_NCS_DUMP=true"],
    [{ ERL_CRASH_DUMP: "" }, 'ERL_CRASH_DUMP=""'],
  ])("%p", (environ, found) => expect(disabledBy(environ as Record<string, string>)).toBe(found));

  test.each([
    [{}],
    [{ ERL_CRASH_DUMP_SECONDS: "-1" }],
    [{ ERL_CRASH_DUMP_SECONDS: "5s" }],
    [{ ERL_CRASH_DUMP_BYTES: "abc" }],
    [{ ERL_CRASH_DUMP_BYTES: "-5" }],
    [{ ERL_CRASH_DUMP: "", NCS_DUMP: "/d" }],
  ])("not %p", (environ) => expect(disabledBy(environ as Record<string, string>)).toBeUndefined());
});

describe("-heart", () => {
  test("without seconds disables the dump", () =>
    expect(disabledBy({}, heart)).toBe("-heart without ERL_CRASH_DUMP_SECONDS"));
  test.each(["30", "-1"])("with ERL_CRASH_DUMP_SECONDS=%s does not", (seconds) =>
    expect(disabledBy({ ERL_CRASH_DUMP_SECONDS: seconds }, heart)).toBeUndefined(),
  );
  test("behind -extra is for the program, and no -heart", () =>
    expect(disabledBy({}, [...argv, "-extra", "-heart"])).toBeUndefined());
  test("is told where the environment cannot be read, and disables nothing for certain", () =>
    expect(readDumpSettings(undefined, heart)).toMatchObject({
      disabledBy: undefined,
      hasHeart: true,
      environmentRead: false,
    }));
});

test("a negative time and a cap that is no number are none", () => {
  expect(readDumpSettings({ ERL_CRASH_DUMP_SECONDS: "-1" }, argv).secondsMax).toBeUndefined();
  expect(readDumpSettings({ ERL_CRASH_DUMP_SECONDS: "5s" }, argv).secondsMax).toBe(5);
  expect(readDumpSettings({ ERL_CRASH_DUMP_BYTES: "1000" }, argv).bytesMax).toBe(1000);
  expect(readDumpSettings({ ERL_CRASH_DUMP_BYTES: "1000k" }, argv).bytesMax).toBeUndefined();
});
