import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createCoreFollower } from "../../src/agent/core-follower.ts";
import type { CoreChoice } from "../../src/linux/choose-core.ts";
import { unregisteredHold } from "../../src/record/core-register.ts";
import { coreArgv, type MadeUpProc, makeProc } from "../linux/made-up-proc.ts";

const own = process.geteuid?.() ?? 0;
const stranger = own + 12345;
const ids = (uid: number) => [uid, uid, uid, uid];

/** A core that was found is asked for, and followed when the answer is there. */
const taken = () => Bun.sleep(0);

let proc: MadeUpProc;
let nowMs: number;
beforeEach(() => {
  proc = makeProc();
  nowMs = Date.UTC(2026, 10, 23);
});
afterEach(() => proc.close());

function follow(choice: CoreChoice = {}) {
  const seen = { attached: [] as number[], refused: [] as string[] };
  const follower = createCoreFollower({
    procDir: proc.dir,
    choice,
    monotonicMs: () => nowMs,
    hold: () => Promise.resolve(unregisteredHold({ isSignalled: false })),
    onAttach: ({ core }) => void seen.attached.push(core.pid),
    onDetach: () => {},
    onRefusal: (text) => void seen.refused.push(text),
  });
  return { follower, seen };
}

describe("a stranger's look-alike", () => {
  test("is not followed, and said once, however often it is another process", async () => {
    const { follower, seen } = follow();
    for (let pid = 100; pid < 110; pid++, nowMs += 5000) {
      proc.put({ pid, argv: coreArgv, uids: ids(stranger) });
      follower.check();
      await taken();
      proc.remove(pid);
    }
    expect(seen.attached).toEqual([]);
    expect(seen.refused).toHaveLength(1);
    expect(seen.refused[0]).toContain("PID 100");
  });

  test("does not take the place of a core that has ended, and the core is followed when it is back", async () => {
    const { follower, seen } = follow();
    proc.put({ pid: 200, argv: coreArgv, uids: ids(own) });
    follower.check();
    await taken();
    proc.put({ pid: 100, argv: coreArgv, uids: ids(stranger) });
    proc.remove(200);
    follower.check();
    await taken();
    nowMs += 5000;
    follower.check();
    await taken();
    expect(follower.core()).toBeUndefined();
    proc.put({ pid: 300, argv: coreArgv, uids: ids(own) });
    follower.notice(300);
    await taken();
    expect(seen.attached).toEqual([200, 300]);
  });

  test("that the tool measures is looked at now and then only", async () => {
    const { follower, seen } = follow();
    proc.put({ pid: 100, argv: coreArgv, uids: ids(stranger) });
    follower.notice(100);
    await taken();
    // Were /proc walked, this would be found.
    proc.put({ pid: 200, argv: coreArgv, uids: ids(own) });
    nowMs += 4999;
    follower.notice(100);
    await taken();
    expect(seen.attached).toEqual([]);
    nowMs += 1;
    follower.notice(100);
    await taken();
    expect(seen.attached).toEqual([200]);
  });
});

test("a core that was named by its PID is followed again by its user and configuration file", async () => {
  const { follower, seen } = follow({ pid: 100 });
  proc.put({ pid: 100, argv: coreArgv, uids: ids(stranger) });
  follower.check();
  await taken();
  expect(follower.users()).toEqual([]);
  proc.remove(100);
  follower.check();
  await taken();
  expect(follower.users()).toEqual([stranger]);
  proc.put({ pid: 200, argv: coreArgv, uids: ids(own) });
  proc.put({ pid: 300, argv: coreArgv, uids: ids(stranger) });
  nowMs += 5000;
  follower.check();
  await taken();
  expect(seen.attached).toEqual([100, 300]);
});

test("a core that could not be taken up is given back, and taken up at the next search", async () => {
  let released = 0;
  let attached = 0;
  const refused: string[] = [];
  const follower = createCoreFollower({
    procDir: proc.dir,
    choice: {},
    monotonicMs: () => nowMs,
    hold: () => Promise.resolve({ ...unregisteredHold(), release: () => void released++ }),
    onAttach() {
      if (attached++ === 0) throw new Error("EMFILE");
    },
    onDetach: () => {},
    onRefusal: (text) => void refused.push(text),
  });
  proc.put({ pid: 100, argv: coreArgv, uids: ids(own) });
  follower.check();
  await taken();
  expect(follower.core()).toBeUndefined();
  expect([released, refused]).toEqual([1, ["EMFILE"]]);
  nowMs += 5000;
  follower.check();
  await taken();
  expect(follower.core()?.pid).toBe(100);
  expect(released).toBe(1);
});

describe("another NSO with the same -conffile", () => {
  const inContainer = (name: string) => ({ argv: coreArgv, uids: ids(own), cgroup: `0::/docker/${name}\n` });
  /** Where it has mounts of its own: a link that leads nowhere, as /proc/PID/ns/mnt does. */
  const withMounts = (pid: number, number: number) => {
    mkdirSync(join(proc.dir, String(pid), "ns"), { recursive: true });
    symlinkSync(`mnt:[${number}]`, join(proc.dir, String(pid), "ns/mnt"));
  };

  test("in another container does not take the place of the one that has ended, and is said once", async () => {
    const { follower, seen } = follow();
    proc.put({ pid: 100, ...inContainer("a") });
    withMounts(100, 1);
    follower.check();
    await taken();
    proc.put({ pid: 200, ...inContainer("b") });
    withMounts(200, 2);
    proc.remove(100);
    for (let tick = 0; tick < 3; tick++, nowMs += 5000) follower.check();
    expect(follower.core()).toBeUndefined();
    expect(seen.refused).toHaveLength(1);
    expect(seen.refused[0]).toContain("PID 200");
    expect(seen.refused[0]).toContain("in another container");
    proc.put({ pid: 300, ...inContainer("a") });
    withMounts(300, 3);
    follower.notice(300);
    await taken();
    expect(seen.attached).toEqual([100, 300]);
  });
});

test("the next core is expected for a minute from the end of the one before it", async () => {
  const { follower } = follow();
  expect(follower.isExpected()).toBe(false);
  proc.put({ pid: 200, argv: coreArgv, uids: ids(own) });
  follower.check();
  await taken();
  expect(follower.isExpected()).toBe(false);
  proc.remove(200);
  follower.check();
  expect(follower.isExpected()).toBe(true);
  nowMs += 61_000;
  expect(follower.isExpected()).toBe(false);
});
