/** Every file that a whole rescue opens, as the kernel sees it: strace(1) over all threads and children. */

import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startCore } from "../lab/core.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { writeNcsCommand } from "../lab/ncs-command.ts";
import { actingMissing } from "./acting.ts";
import { createKernelView } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const straceMissing =
  missingCommand("strace") ??
  (Bun.spawnSync(["strace", "-o", "/dev/null", "true"]).success ? undefined : "strace may not trace here");

interface Opened {
  path: string;
  flags: string[];
}

/** The successful openat(2) of a trace; a call that another thread interrupted is put together by its first part. */
function openedIn(trace: string): Opened[] {
  return trace.split("\n").flatMap((line) => {
    const [, path, flags] = /openat\(AT_FDCWD, "([^"]*)", ([A-Z_|]+)/.exec(line) ?? [];
    return path === undefined || flags === undefined || line.includes("ENOENT")
      ? []
      : [{ path, flags: flags.split("|") }];
  });
}

testUnless(
  actingMissing ?? straceMissing,
  "a rescue follows no link to its own files, and lets no program inherit them",
  async () => {
    const dir = scene.dir();
    const core = scene.keep(await startCore({ cwd: dir, dumpPath: join(dir, "erl_crash.dump") }));
    const ncs = writeNcsCommand(join(dir, "bin"));
    const view = createKernelView(join(dir, "kernel"));
    const log = join(dir, "trace");
    const agent = scene.agent({
      prefix: [...view.prefix, "strace", "-f", "-o", log, "-e", "trace=open,openat,creat"],
      words: ["--pid", String(core.pid)],
      config: `[nso]\ncommand = "${ncs.path}"\n`,
    });
    await agent.statusWhen("a reading", ({ memory }) => memory.physical?.level === "normal");
    view.set({ physicalPercent: 91 });
    await agent.statusWhen("a debug dump", ({ actions }) => actions.length > 0);
    view.set({ physicalPercent: 96 });
    expect((await agent.ended).output).toContain("crash-dump done");

    const isHeld = ({ path }: Opened) => path.startsWith("/proc/self/fd/");
    const opened = openedIn(readFileSync(log, "utf8")).filter(
      (one) => isHeld(one) || one.path.startsWith(`${agent.home}/`) || one.path === agent.home,
    );
    // What ncs and bash open, which are told a path.
    const byOthers = /\/(dump\d+\.bin|plot\.sh)$/;
    const own = opened.filter((one) => isHeld(one) || !byOthers.test(one.path));
    expect(own.filter(({ flags }) => !flags.includes("O_CLOEXEC"))).toEqual([]);
    const written = own.filter(({ flags }) => flags.includes("O_CREAT") || !flags.includes("O_RDONLY"));
    expect(written.filter(({ flags }) => !flags.includes("O_NOFOLLOW"))).toEqual([]);
    // SQLite takes a path; everything else is reached by its directory.
    const byPath = written.filter((one) => !isHeld(one)).map(({ path }) => path.slice(agent.home.length + 1));
    expect([...new Set(byPath)].filter((name) => !/^(history\.db.*|nsomem\.lock)$/.test(name))).toEqual([]);
    const names = [
      "status.json",
      "monitor.log",
      "agent.log",
      "action.log",
      "incident.jsonl",
      "last-runs.json",
    ];
    for (const name of names) expect(written.some(({ path }) => path.includes(`/${name}`))).toBe(true);
  },
);
