import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSyslog } from "../../src/record/syslog.ts";
import { receive } from "../linux/datagram-receiver.ts";

const dir = mkdtempSync(join(tmpdir(), "nsomem-syslog-"));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("what is said arrives at the daemon; what nobody takes is counted, and never waited for", async () => {
  const socket = join(dir, "log");
  const syslog = openSyslog(socket);
  const say = (text: string) => syslog.write({ atMs: 0, tone: "warning", text });
  say("before the daemon");
  expect(syslog.problems()).toEqual([`syslog: 1 lines were not taken by ${socket}`]);
  const messages = await receive(socket, 2, () => {
    say("physical is warning");
    say("physical is critical");
  });
  expect(messages.map(([text]) => text)).toEqual([
    expect.stringMatching(/^<28>\w{3} [ \d]\d \d\d:\d\d:\d\d nsomem\[\d+\]: physical is warning$/),
    expect.stringContaining("physical is critical"),
  ]);
  rmSync(socket);
  // Another daemon at the same place.
  const [again] = await receive(socket, 1, () => say("it is back"));
  expect(again?.[0]).toContain("it is back");
  expect(syslog.problems()).toEqual([`syslog: 1 lines were not taken by ${socket}`]);
});

test("a daemon that does not read holds nobody up", async () => {
  const socket = `@nsomem-syslog-${process.pid}`;
  const syslog = openSyslog(socket);
  await receive(socket, 1, (receiver) => {
    receiver.kill("SIGSTOP");
    for (let index = 0; index < 2000; index++)
      syslog.write({ atMs: 0, tone: "info", text: "x".repeat(1000) });
    receiver.kill("SIGCONT");
  });
  expect(syslog.problems()[0]).toMatch(/^syslog: \d+ lines were not taken/);
});
