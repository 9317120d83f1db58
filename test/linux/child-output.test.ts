import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endWithin } from "../../src/linux/child.ts";
import { captureOutput, freeOutputName, listenTo, outputBytesMax } from "../../src/linux/child-output.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-output-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function start(script: string) {
  return Bun.spawn(["sh", "-c", script], { stdio: ["ignore", "pipe", "pipe"], detached: true });
}

describe("as text", () => {
  test("what a child says is heard to its end", async () => {
    const child = start("printf one; sleep 0.05; printf two");
    const text = listenTo(child.stdout, 100);
    await child.exited;
    expect(await text.start()).toBe("onetwo");
  });

  test("a flood is cut, and does not block the child", async () => {
    const child = start("head -c 300000 /dev/zero | tr '\\0' x");
    const text = listenTo(child.stdout, 10);
    await child.exited;
    expect(await text.start()).toBe("xxxxxxxxxx");
  });

  test("a pipe that breaks rejects nothing", async () => {
    const broken = new ReadableStream<Uint8Array>({
      start: (controller) => controller.error(new Error("broke")),
    });
    expect(await listenTo(broken, 10).start()).toBe("");
  });
});

describe("in a file", () => {
  const file = () => freeOutputName(dir, "run-x");

  test("both pipes are kept as they come, and an earlier file is not overwritten", async () => {
    for (const name of ["run-x.txt", "run-x.2.txt"]) {
      const path = file();
      expect(path).toBe(join(dir, name));
      const child = start("echo one; sleep 0.05; echo two >&2");
      const capture = captureOutput([child.stdout, child.stderr], path);
      await child.exited;
      expect(await capture.bytes()).toBe(8);
      expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
    }
  });

  test("no more than the bound is kept of a flood, whose rest is read slowly until it is ended", async () => {
    const path = file();
    const child = start("yes & yes >&2");
    const capture = captureOutput([child.stdout, child.stderr], path);
    const { user, system } = process.cpuUsage();
    const how = await endWithin(child, { timeoutMs: 1500, signal: new AbortController().signal });
    const used = process.cpuUsage({ user, system });
    expect(how).toBe("deadline");
    expect(await capture.bytes()).toBe(outputBytesMax);
    expect(readFileSync(path).length).toBe(outputBytesMax);
    // Of a core; reading as fast as it comes takes all of one.
    expect((used.user + used.system) / 1_500_000).toBeLessThan(0.5);
  });

  test("where no file can be made the child is heard all the same, and none is left", async () => {
    const child = start("head -c 300000 /dev/zero");
    const capture = captureOutput([child.stdout, child.stderr], "/proc/none/run-x.txt");
    expect(await child.exited).toBe(0);
    expect(await capture.bytes()).toBe(0);
    expect(readdirSync(dir)).toEqual([]);
  });
});

describe("a pipe that is still held", () => {
  const held = async (script: string) => {
    const child = start(script);
    const text = listenTo(child.stderr, 100);
    const capture = captureOutput([child.stdout], freeOutputName(dir, "run-x"));
    const how = await endWithin(child, { timeoutMs: 10_000, signal: new AbortController().signal });
    return { how, said: await text.start(), bytes: await capture.bytes() };
  };

  test("by a process of the child's group is freed, since its group ends with it", async () => {
    const pidFile = join(dir, "pid");
    const { how, said } = await held(`sleep 600 & echo $! > ${pidFile}; echo said >&2; exit 0`);
    expect({ how, said }).toEqual({ how: "ended", said: "said\n" });
    const pid = readFileSync(pidFile, "utf8").trim();
    for (let tries = 0; tries < 100 && isRunning(pid); tries++) await Bun.sleep(10);
    expect(isRunning(pid)).toBe(false);
  });

  test("by a process in a session of its own is not waited for, and that one lives on", async () => {
    const pidFile = join(dir, "pid");
    // A shell in a new session, which says who it is before its parent may end.
    const daemon = `setsid sh -c 'echo $$ > ${pidFile}; exec sleep 600' & while ! [ -s ${pidFile} ]; do sleep 0.01; done`;
    const { how, said, bytes } = await held(`${daemon}; echo out; echo said >&2`);
    expect({ how, said, bytes }).toEqual({ how: "ended", said: "said\n", bytes: 4 });
    const pid = readFileSync(pidFile, "utf8").trim();
    expect(isRunning(pid)).toBe(true);
    process.kill(Number(pid), "SIGKILL");
  });
});

function isRunning(pid: string): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
}
