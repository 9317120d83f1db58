import { expect, test } from "bun:test";
import { choiceOf, parsePid, pathsOf } from "../../src/cli/options.ts";

test("the core that the command line names wins over the configured one", () => {
  expect(choiceOf({ conffile: "/a" }, { pid: 7 })).toEqual({ conffile: "/a", places: [] });
  expect(choiceOf({ pid: "8" }, { conffile: "/b" })).toEqual({ pid: 8 });
  expect(choiceOf({}, { pid: 7 })).toEqual({ pid: 7 });
});
test("--user takes the place of the configured user and PID, and goes with a configuration file", () => {
  const configured = { pid: 7, conffile: "/b", user: "root" };
  expect(choiceOf({ user: "1001" }, configured)).toEqual({ conffile: "/b", uid: 1001, places: [] });
  expect(choiceOf({ user: "1001", conffile: "/a" }, configured)).toMatchObject({ conffile: "/a", uid: 1001 });
  expect(choiceOf({ conffile: "/a" }, configured)).toMatchObject({ conffile: "/a", uid: 0 });
  expect(choiceOf({}, { user: 12345 })).toMatchObject({ uid: 12345 });
});
test("a user that is not known is refused, naming it and where it stands", () => {
  expect(() => choiceOf({ user: "no such" }, {})).toThrow('--user is "no such": no such user in /etc/passwd');
  expect(() => choiceOf({}, { user: "nobodyelse" })).toThrow('[nso] user is "nobodyelse"');
  expect(() => choiceOf({ user: String(2 ** 32 - 1) }, {})).toThrow("no such user");
});
test("what the configuration names of NSO's says whose cores are taken", () => {
  const configured = { run_dir: "/srv/nso", command: "/srv/ncs/bin/ncs" };
  expect(choiceOf({}, configured)).toMatchObject({ places: ["/srv/nso", "/srv/ncs/bin/ncs"] });
});
test("two names for the core are refused", () => {
  expect(() => choiceOf({ pid: "8", conffile: "/a" }, {})).toThrow("use one of them");
  expect(() => choiceOf({ pid: "8", user: "root" }, {})).toThrow("use one of them");
});

test.each(["1", String(2 ** 22)])("%p is a PID", (text) => expect(parsePid(text)).toBe(Number(text)));
test.each(["0", String(2 ** 22 + 1), "-1", "1e3", "x", ""])("%p is no PID", (text) =>
  expect(() => parsePid(text)).toThrow("--pid takes a process number"),
);

test("--name is a place of its own below --home", () => {
  expect(pathsOf({ home: "/h" }).pidFile).toBe("/h/nsomem.pid");
  expect(pathsOf({ home: "/h", name: "east" }).pidFile).toBe("/h/instances/east/nsomem.pid");
});
