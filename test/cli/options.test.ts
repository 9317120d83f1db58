import { expect, test } from "bun:test";
import { choiceOf, parsePid, pathsOf } from "../../src/cli/options.ts";

test("the core that the command line names wins over the configured one", () => {
  expect(choiceOf({ conffile: "/a" }, { pid: 7 })).toEqual({ conffile: "/a" });
  expect(choiceOf({ pid: "8" }, { conffile: "/b" })).toEqual({ pid: 8 });
  expect(choiceOf({}, { pid: 7 })).toEqual({ pid: 7 });
});
test("two names for the core are refused", () =>
  expect(() => choiceOf({ pid: "8", conffile: "/a" }, {})).toThrow("use one of them"));

test.each(["1", String(2 ** 22)])("%p is a PID", (text) => expect(parsePid(text)).toBe(Number(text)));
test.each(["0", String(2 ** 22 + 1), "-1", "1e3", "x", ""])("%p is no PID", (text) =>
  expect(() => parsePid(text)).toThrow("--pid takes a process number"),
);

test("--name is a place of its own below --home", () => {
  expect(pathsOf({ home: "/h" }).pidFile).toBe("/h/nsomem.pid");
  expect(pathsOf({ home: "/h", name: "east" }).pidFile).toBe("/h/instances/east/nsomem.pid");
});
