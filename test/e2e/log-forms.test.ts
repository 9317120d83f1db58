/** What the agent says, as the log collectors of a host take it: the journal, a syslog daemon, Loki or Splunk. */

import { expect } from "bun:test";
import { fstatSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startCore } from "../lab/core.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { until } from "../lab/part.ts";
import { receive } from "../linux/datagram-receiver.ts";
import { nsomem, plainEnvironment } from "./binary.ts";
import { kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();

const isEntry = (line: string) => {
  const { time, level, message, ...more } = JSON.parse(line) as Record<string, unknown>;
  return (
    Number.isFinite(Date.parse(String(time))) &&
    ["info", "warning", "error"].includes(String(level)) &&
    typeof message === "string" &&
    Object.keys(more).length === 0
  );
};
const linesOf = (text: string) => text.trimEnd().split("\n");

testUnless(
  nativeMissing,
  "with format json its logs, and what it prints into a pipe, are JSON lines",
  async () => {
    const core = scene.keep(await startCore({ cwd: scene.dir() }));
    const agent = scene.agent({ words: ["--pid", String(core.pid)], config: '[log]\nformat = "json"\n' });
    await agent.statusWhen("the core's memory", ({ processes }) => processes.length > 0);
    await agent.stop();
    const log = linesOf(agent.log("agent.log"));
    expect(log.length).toBeGreaterThan(1);
    expect(log.filter((line) => !isEntry(line))).toEqual([]);
    // The tool's own stay as other programs know them.
    expect(agent.log("monitor.log")).not.toContain("{");
    const { output } = await agent.ended;
    const printed = linesOf(output);
    expect(printed.length).toBeGreaterThan(1);
    expect(printed.filter((line) => !isEntry(line))).toEqual([]);
  },
);

testUnless(nativeMissing, "in the journal each line has a priority, and no time of its own", async () => {
  const core = scene.keep(await startCore({ cwd: scene.dir() }));
  const file = join(scene.dir(), "journal");
  const descriptor = openSync(file, "w");
  const { dev, ino } = fstatSync(descriptor);
  const words = ["start", "--pid", String(core.pid), "--home", join(scene.dir(), "home")];
  const child = Bun.spawn([nsomem, ...words], {
    env: { ...plainEnvironment, JOURNAL_STREAM: `${dev}:${ino}` },
    stdio: ["ignore", descriptor, descriptor],
  });
  scene.keep({
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
    },
  });
  await until("the first lines", () => linesOf(readFileSync(file, "utf8")).length > 1);
  for (const line of linesOf(readFileSync(file, "utf8"))) expect(line).toMatch(/^<[346]>(?!\d\d:\d\d)/);
});

/** A /dev of its own, in which /dev/log leads to the socket that is given. */
const ownDev = `
dev=$(mktemp -d) && mount -t tmpfs none "$dev" || exit 1
for node in null zero full random urandom tty; do cp -a "/dev/$node" "$dev/"; done
ln -s /proc/self/fd "$dev/fd"; mkdir "$dev/shm" "$dev/pts"; ln -s "$1" "$dev/log"
mount --bind "$dev" /dev && umount "$dev"; rmdir "$dev"; shift; exec "$@"`;

testUnless(
  nativeMissing ?? kernelViewMissing() ?? missingCommand("python3"),
  "with syslog = true what it says goes to /dev/log too",
  async () => {
    const core = scene.keep(await startCore({ cwd: scene.dir() }));
    const socket = join(scene.dir(), "log");
    const messages = await receive(socket, 2, () => {
      scene.agent({
        words: ["--pid", String(core.pid)],
        prefix: ["unshare", "-m", "sh", "-c", ownDev, "sh", socket],
        config: "[log]\nsyslog = true\n",
      });
    });
    for (const [message] of messages)
      expect(message).toMatch(/^<(?:27|28|30)>\w{3} [ \d]\d \d\d:\d\d:\d\d nsomem\[\d+\]: ./);
  },
);
