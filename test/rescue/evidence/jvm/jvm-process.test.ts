import { describe, expect, test } from "bun:test";
import { identify } from "../../../../src/linux/procfs.ts";
import {
  catchesSigquit,
  innerPidOf,
  sigquitObstacle,
} from "../../../../src/rescue/evidence/jvm/jvm-process.ts";

describe("SIGQUIT", () => {
  test("has a handler where bit 2 of SigCgt is set, and not where its neighbours are", () => {
    expect(catchesSigquit("SigCgt:\t0000000000000004\n")).toBe(true);
    expect(catchesSigquit("SigCgt:\t2000000181005ccf\n")).toBe(true);
    expect(catchesSigquit("SigCgt:\t000000000000000b\n")).toBe(false);
    expect(catchesSigquit("SigCgt:\t0000000000000000\n")).toBe(false);
    expect(catchesSigquit("Name:\tjava\n")).toBe(false);
  });

  test("would end a process without a handler: it is not to be sent", async () => {
    const sleeper = Bun.spawn(["sleep", "30"]);
    const identity = identify("/proc", sleeper.pid);
    expect(identity && sigquitObstacle("/proc", identity)).toContain("no handler for SIGQUIT");
    sleeper.kill();
    await sleeper.exited;
    expect(identity && sigquitObstacle("/proc", identity)).toBe("it has ended");
  });
});

test("a JVM's files carry the PID that it has in its innermost namespace", () => {
  expect(innerPidOf("NSpid:\t4711\t17\t3\n")).toBe(3);
  expect(innerPidOf("NSpid:\t4711\n")).toBe(4711);
  expect(innerPidOf("Pid:\t4711\n")).toBeUndefined();
});
