import { afterEach, expect, test } from "bun:test";
import { openProcess } from "../../src/linux/process-handle.ts";
import { identify } from "../../src/linux/procfs.ts";

const children: Bun.Subprocess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill("SIGKILL");
    await child.exited;
  }
});

function sleeper() {
  const child = Bun.spawn(["sleep", "60"], { stdio: ["ignore", "ignore", "ignore"] });
  children.push(child);
  const identity = identify("/proc", child.pid);
  if (!identity) throw new Error("it has ended already");
  return { child, identity };
}

test("a handle signals the process that it was opened for", async () => {
  const { child, identity } = sleeper();
  const handle = openProcess("/proc", identity);
  expect(handle?.send("SIGTERM")).toBe(true);
  handle?.close();
  await child.exited;
  expect(child.signalCode).toBe("SIGTERM");
});

test("there is no handle on a process whose PID belongs to another by now", () => {
  const { child, identity } = sleeper();
  expect(openProcess("/proc", { ...identity, startTicks: identity.startTicks - 1 })).toBeUndefined();
  expect(child.killed).toBe(false);
});

test("a handle on a process that has ended sends nothing", async () => {
  const { child, identity } = sleeper();
  const handle = openProcess("/proc", identity);
  child.kill("SIGKILL");
  await child.exited;
  expect(handle?.send("SIGTERM")).toBe(false);
  handle?.close();
});
