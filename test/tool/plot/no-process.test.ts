/** In the steady loop the tool creates no process: a host short of memory may not be able to give it one. */

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { coreArgv, jvmArgv, vmArgv } from "../../core/command-lines.ts";
import { type MadeUpProc, makeProc } from "./made-up-proc.ts";
import { startTool } from "./run.ts";

let made: MadeUpProc;
beforeEach(() => {
  made = makeProc();
  made.setProcess({ pid: 8571, argv: coreArgv(), cgroup: "4:memory:/nso\n0::/\n" });
  made.writeCgroup("memory/nso/memory.limit_in_bytes", `${512 * 1024 ** 2}\n`);
  made.writeCgroup("memory/nso/memory.usage_in_bytes", "1000000\n");
  made.writeCgroup("memory/nso/memory.stat", "total_inactive_file 0\n");
  made.setProcess({ pid: 6983, argv: jvmArgv });
  made.setProcess({ pid: 6985, argv: vmArgv("mp") });
  made.setProcess({ pid: 6986, ppid: 6985, argv: vmArgv("mp") });
});
afterEach(() => made.remove());

/** Why strace cannot be used here, or undefined when it can: containers often forbid ptrace. */
async function straceMissing(): Promise<string | undefined> {
  if (!Bun.which("strace")) return "strace is not installed (apt-get install strace)";
  const probe = Bun.spawn(["strace", "-o", "/dev/null", "true"], { stdio: ["ignore", "ignore", "pipe"] });
  const stderr = await new Response(probe.stderr).text();
  return (await probe.exited) === 0 ? undefined : `strace does not work here: ${stderr.trim()}`;
}

const missing = await straceMissing();
if (missing) console.warn(`skipped: ${missing}`);

interface TraceOptions {
  ticks: number;
  bash?: string[];
  env?: Record<string, string>;
}

/** The calls that create a process or start a program, over so many full ticks (and fast ones between them). */
async function processCalls({ ticks, bash = [], env = {} }: TraceOptions): Promise<string[]> {
  const log = join(made.cgroup, "strace.log");
  const tool = startTool({
    stdin: "pipe",
    wrapper: ["strace", "-f", "-e", "trace=clone,clone3,fork,vfork,execve", "-o", log, ...bash],
    env: { NSOMEM_PROC: made.proc, NSOMEM_CGROUP: made.cgroup, NSOMEM_WAIT_FD: "0", ...env },
  });
  await tool.ticks(ticks);
  tool.stdin().end(); // a signal would end strace and leave the tool
  const { code, stderr } = await tool.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => /\b(clone3?|v?fork|execve)\(/.test(line));
}

describe.skipIf(missing !== undefined)("over ten ticks", () => {
  test("there is one execve, that of bash itself, and no clone, clone3, fork or vfork", async () => {
    const calls = await processCalls({ ticks: 10 });
    expect(calls).toHaveLength(1);
    expect(calls[0]).toContain('execve("');
  });

  test("the same holds near a limit, with fast ticks between the full ones", async () => {
    made.setMeminfo({ total: 1_000_000, available: 100_001 });
    expect(await processCalls({ ticks: 10, env: { NSOMEM_INTERVAL_MS_MAX: "60" } })).toHaveLength(1);
  });

  test("processes that come and go change nothing", async () => {
    const busy = setInterval(() => {
      const pid = 9000 + Math.floor(performance.now() % 50);
      made.setProcess({ pid, ppid: 6985, argv: ["python3", "-c", "x"], startTicks: 6000 });
      setTimeout(() => made.removeProcess(pid), 20);
    }, 60);
    try {
      expect(await processCalls({ ticks: 10 })).toHaveLength(1);
    } finally {
      clearInterval(busy);
      await Bun.sleep(30); // the last removal
    }
  });
});
