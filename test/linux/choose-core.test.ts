import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type CoreChoice, choiceAfter, chooseCore, notFound, usersOf } from "../../src/linux/choose-core.ts";
import { readCorePlace } from "../../src/linux/core-place.ts";
import { readCore } from "../../src/linux/nso.ts";
import { coreArgv, type MadeUpProc, makeProc } from "./made-up-proc.ts";

const own = process.geteuid?.() ?? 0;
const stranger = own + 12345;
const ids = (uid: number) => [uid, uid, uid, uid];

let proc: MadeUpProc;
beforeEach(() => {
  proc = makeProc();
});
afterEach(() => proc.close());

const chosen = (choice: CoreChoice = {}) => chooseCore(proc.dir, choice).core?.pid;
const passedOver = (choice: CoreChoice = {}) =>
  chooseCore(proc.dir, choice).passedOver.map(({ core }) => core.pid);

describe("the core that is followed", () => {
  test("is the only one of this user, however many strangers run look-alikes", () => {
    proc.put({ pid: 100, argv: coreArgv, uids: ids(stranger) });
    proc.put({ pid: 200, argv: coreArgv, uids: ids(own) });
    proc.put({ pid: 300, argv: coreArgv, uids: ids(stranger + 1) });
    expect(chosen()).toBe(200);
    expect(passedOver()).toEqual([100, 300]);
  });

  test("is none where only strangers run one: start names it with both ways out", () => {
    proc.put({ pid: 812, argv: coreArgv, uids: ids(stranger) });
    expect(chosen()).toBeUndefined();
    const { message, exitCode } = notFound(proc.dir, {}, chooseCore(proc.dir, {}).passedOver);
    expect(exitCode).toBe(4);
    expect(message).toContain(`PID 812 of user ${stranger} looks like NSO, but it belongs neither to`);
    expect(message).toContain(`name it with --user ${stranger} or --pid 812`);
  });

  test("is a stranger's where he was asked for, by user or by PID", () => {
    proc.put({ pid: 812, argv: coreArgv, uids: ids(stranger) });
    expect(chosen({ uid: stranger })).toBe(812);
    expect(chosen({ pid: 812 })).toBe(812);
  });

  test("is not what a set-user-ID program runs as for a stranger", () => {
    proc.put({ pid: 812, argv: coreArgv, uids: [stranger, own, own, own] });
    expect(chosen()).toBeUndefined();
  });

  test("is not a stranger's of the configuration file that was asked for", () => {
    proc.put({ pid: 100, argv: coreArgv, uids: ids(stranger) });
    expect(chosen({ conffile: "/etc/ncs/ncs.conf" })).toBeUndefined();
    proc.put({ pid: 200, argv: coreArgv, uids: ids(own) });
    expect(chosen({ conffile: "/etc/ncs/ncs.conf" })).toBe(200);
  });

  test("of two of this user is for the operator to name", () => {
    proc.put({ pid: 100, argv: coreArgv, uids: ids(own) });
    proc.put({ pid: 200, argv: coreArgv, uids: ids(own) });
    proc.put({ pid: 300, argv: coreArgv, uids: ids(stranger) });
    expect(() => chosen()).toThrow(/^2 NSO cores are running; choose one:/);
  });
});

describe("after a core that was named by its PID", () => {
  const after = () => {
    proc.put({ pid: 812, argv: coreArgv, uids: ids(stranger) });
    const core = readCore(proc.dir, 812);
    if (!core) throw new Error("no core");
    proc.remove(812);
    return choiceAfter({ pid: 812 }, core, readCorePlace(proc.dir, core.pid));
  };

  test("the same configuration file of the same user is followed", () => {
    const choice = after();
    proc.put({ pid: 900, argv: coreArgv, uids: ids(stranger) });
    expect(chosen(choice)).toBe(900);
    expect(usersOf(choice)).toEqual([stranger]);
  });

  test("another user's with that file is not, nor another file of that user", () => {
    const choice = after();
    proc.put({ pid: 900, argv: coreArgv, uids: ids(own) });
    proc.put({ pid: 901, argv: coreArgv.with(-1, "/other/ncs.conf"), uids: ids(stranger) });
    expect(chosen(choice)).toBeUndefined();
  });
});

test("many look-alikes are named by the first few", () => {
  for (let pid = 100; pid < 150; pid++) proc.put({ pid, argv: coreArgv, uids: ids(stranger) });
  const { message } = notFound(proc.dir, {}, chooseCore(proc.dir, {}).passedOver);
  expect(message.split("\n")).toHaveLength(5);
  expect(message).toEndWith("47 more look like NSO; name one with --pid");
});
