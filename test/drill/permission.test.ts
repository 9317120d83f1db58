import { afterEach, beforeEach, expect, test } from "bun:test";
import { checkPermission } from "../../src/drill/permission.ts";
import { coreArgv, type MadeUpProc, makeProc } from "../linux/made-up-proc.ts";

let proc: MadeUpProc;
beforeEach(() => {
  proc = makeProc();
});
afterEach(() => proc.close());

const noDecoys = { includes: () => false };

test("the permission is asked for every core but the decoys", () => {
  proc.put({ pid: process.pid, argv: coreArgv });
  expect(checkPermission(proc.dir, {}, noDecoys)).toBe(`PID ${process.pid} may be signalled`);
  expect(checkPermission(proc.dir, {}, { includes: () => true })).toStartWith("no NSO is running");
});

test("a stranger's process that looks like NSO is not asked for", () => {
  const stranger = (process.geteuid?.() ?? 0) + 1;
  const uids = [stranger, stranger, stranger, stranger];
  proc.put({ pid: 2 ** 22 + 1, argv: coreArgv, uids });
  expect(checkPermission(proc.dir, {}, noDecoys)).toStartWith("no NSO is running");
  expect(() => checkPermission(proc.dir, { uid: stranger }, noDecoys)).toThrow("may not be signalled");
});

test("a process that is not there may not be signalled", () => {
  // Above PID_MAX_LIMIT: no process can have it.
  proc.put({ pid: 2 ** 22 + 1, argv: coreArgv });
  expect(() => checkPermission(proc.dir, {}, noDecoys)).toThrow("may not be signalled");
});
