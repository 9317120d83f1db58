import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isService, messageOf, serviceManager } from "../../src/linux/sd-notify.ts";
import { addressOf } from "../../src/linux/unix-datagram.ts";
import { receive } from "./datagram-receiver.ts";

const own = { pid: process.pid, ppid: 1 };
let dir: string | undefined;
afterEach(() => {
  if (dir) rmSync(dir, { recursive: true, force: true });
  dir = undefined;
});

describe("a datagram to the service manager", () => {
  test("arrives at a socket with a path, from this process itself", async () => {
    dir = mkdtempSync(join(tmpdir(), "nsomem-notify-"));
    const socket = join(dir, "notify");
    const manager = serviceManager({ NOTIFY_SOCKET: socket, INVOCATION_ID: "x" }, own);
    const messages = await receive(socket, 2, () => {
      expect(manager?.tell({ READY: 1, STATUS: "physical 91.0 % warning" })).toBe(true);
      expect(manager?.tell({ RELOADING: 1, MONOTONIC_USEC: 12_345_678n })).toBe(true);
    });
    expect(messages).toEqual([
      ["READY=1\nSTATUS=physical 91.0 % warning", process.pid],
      ["RELOADING=1\nMONOTONIC_USEC=12345678", process.pid],
    ]);
  });

  test("arrives at an abstract one", async () => {
    const socket = `@nsomem-test-${process.pid}`;
    const manager = serviceManager({ NOTIFY_SOCKET: socket }, own);
    const messages = await receive(socket, 1, () => expect(manager?.tell({ WATCHDOG: 1 })).toBe(true));
    expect(messages).toEqual([["WATCHDOG=1", process.pid]]);
  });

  test("is not waited for where nobody reads: the queue gets full and the next is refused", async () => {
    const socket = `@nsomem-full-${process.pid}`;
    const manager = serviceManager({ NOTIFY_SOCKET: socket }, own);
    let answers: boolean[] = [];
    await receive(socket, 1, (systemd) => {
      systemd.kill("SIGSTOP");
      answers = Array.from({ length: 2000 }, () => manager?.tell({ STATUS: "x" }) ?? false);
      systemd.kill("SIGCONT");
    });
    expect(answers[0]).toBe(true);
    expect(answers.at(-1)).toBe(false);
  });

  test("to a socket that is not there is refused", () => {
    const manager = serviceManager({ NOTIFY_SOCKET: "/nowhere/notify" }, own);
    expect(manager?.tell({ READY: 1 })).toBe(false);
  });

  test("of a value with line ends stays one assignment", () => {
    expect(messageOf({ STATUS: "one\nREADY=1" })).toBe("STATUS=one READY=1");
  });
});

describe("an address", () => {
  test("of a path ends with a NUL, an abstract one begins with one", () => {
    expect([...(addressOf("/a") ?? [])]).toEqual([1, 0, 0x2f, 0x61, 0]);
    expect([...(addressOf("@a") ?? [])]).toEqual([1, 0, 0, 0x61]);
  });

  test("of another family, or too long, is none", () => {
    for (const name of [undefined, "", "@", "vsock:2:1234", `/${"x".repeat(107)}`])
      expect(addressOf(name)).toBeUndefined();
    expect(addressOf(`/${"x".repeat(106)}`)).toBeDefined();
  });
});

describe("a process is a service", () => {
  test("where systemd says that it started this very one", () => {
    expect(isService({ SYSTEMD_EXEC_PID: "7", NOTIFY_SOCKET: "/x" }, { pid: 7, ppid: 3 })).toBe(true);
    expect(isService({ SYSTEMD_EXEC_PID: "8", NOTIFY_SOCKET: "/x" }, { pid: 7, ppid: 1 })).toBe(false);
  });

  test("by its parent where systemd is older", () => {
    expect(isService({ INVOCATION_ID: "x" }, { pid: 7, ppid: 1 })).toBe(true);
    expect(isService({ INVOCATION_ID: "x" }, { pid: 7, ppid: 3 })).toBe(false);
    expect(isService({}, { pid: 7, ppid: 1 })).toBe(false);
  });

  test("and a child of one has no manager to speak to", () => {
    const env = { NOTIFY_SOCKET: "/run/systemd/notify", SYSTEMD_EXEC_PID: "7" };
    expect(serviceManager(env, { pid: 8, ppid: 7 })).toBeUndefined();
  });
});
