import { describe, expect, test } from "bun:test";
import { fail, ok, warn } from "../../src/core/check.ts";
import { colours } from "../../src/ui/colour.ts";
import { doctorPage } from "../../src/ui/doctor-page.ts";

const terminal = {
  columns: 60,
  wrapColumns: 60,
  isLive: false,
  isInteractive: false,
  colour: colours(false),
};
const checks = [
  ok("one", "fine"),
  warn("two", "hm", "look"),
  fail("three", "no ".repeat(40).trim(), "mend it"),
];

describe("doctor's page", () => {
  test("has what fails first, then what is to be looked at, then a count of what is fine", () => {
    const lines = doctorPage(checks, { all: false, terminal }).split("\n");
    expect(lines.filter((line) => /^(fail|warn|ok)/.test(line)).map((line) => line.split(" ")[0])).toEqual([
      "fail",
      "warn",
    ]);
    expect(lines.at(-1)).toBe("1 ok, 1 to look at, 1 failed (--all shows them)");
  });

  test("with --all lists what is fine last", () => {
    const page = doctorPage(checks, { all: true, terminal });
    expect(page).toMatch(/^fail [\s\S]*^warn [\s\S]*^ok {3}one {4}fine$/m);
    expect(page).toEndWith("1 failed");
  });

  test("fits the terminal", () =>
    expect(
      doctorPage(checks, { all: true, terminal })
        .split("\n")
        .filter((line) => line.length > 60),
    ).toEqual([]));

  test("is one line where all is fine", () =>
    expect(doctorPage([ok("one", "fine")], { all: false, terminal })).toBe(
      "1 ok, 0 to look at, 0 failed (--all shows them)",
    ));
});
