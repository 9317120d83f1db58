/** Every file that a whole rescue opens and every program that it starts, seen by strace: flags, owners, places. */

import { expect } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ownershipComplaints } from "../../src/linux/ownership.ts";
import { startCore } from "../lab/core.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { writeNcsCommand } from "../lab/ncs-command.ts";
import { until } from "../lab/part.ts";
import { writeScript } from "./acting.ts";
import { nsomem } from "./binary.ts";
import { createKernelView, kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();

interface Opened {
  pid: number;
  /** As it was named. */
  name: string;
  flags: string[];
  /** What it led to. */
  path: string;
}

interface Started {
  pid: number;
  words: string[];
}

interface Forked {
  pid: number;
  child: number;
}

/** Calls that another thread interrupted are put together again. */
function whole(trace: string): string {
  const begun = new Map<string, string>();
  const lines = trace.split("\n").flatMap((line) => {
    const pid = /^\d+/.exec(line)?.[0] ?? "";
    if (line.endsWith(" <unfinished ...>")) {
      begun.set(pid, line.slice(0, -" <unfinished ...>".length));
      return [];
    }
    return line.replace(/^\d+ +<\.\.\. \w+ resumed>/, () => begun.get(pid) ?? "");
  });
  return lines.join("\n");
}

/** Successful opens, program starts and new processes in the output of `strace -f -y`. */
function readTrace(text: string): { opens: Opened[]; starts: Started[]; forks: Forked[] } {
  const opens = [...text.matchAll(/^(\d+) +openat\([^"]*"([^"]*)", ([A-Z_|]+)[^)]*\) += \d+<(.*)>$/gm)];
  const starts = [...text.matchAll(/^(\d+) +execve\("([^"]*)", \[(.*?)\](?:\.\.\.)?, .*?\) += 0$/gm)];
  const forks = [...text.matchAll(/^(\d+) +(?:clone3?|v?fork)\(.*\) += (\d+)$/gm)];
  return {
    forks: forks.map(([, pid, child]) => ({ pid: Number(pid), child: Number(child) })),
    opens: opens.map(([, pid, name = "", flags = "", path = ""]) => ({
      pid: Number(pid),
      name,
      flags: flags.split("|"),
      path,
    })),
    starts: starts.map(([, pid, file = "", argv = ""]) => ({
      pid: Number(pid),
      words: [file, ...[...argv.matchAll(/"([^"]*)"/g)].map(([, word = ""]) => word)],
    })),
  };
}

/** No link, no inheritance, no wait: for what is opened by its name. */
function neededFlags({ name, flags }: Opened): string[] {
  // What was looked at before, by its descriptor.
  if (/^\/proc\/self\/fd\/\d+$/.test(name)) return ["O_CLOEXEC", "O_NONBLOCK"];
  // What is made follows no link and waits for nobody: it fails where anything has that name (open(2)).
  if (flags.includes("O_CREAT") && flags.includes("O_EXCL")) return ["O_CLOEXEC"];
  const opensNothing = flags.includes("O_DIRECTORY") || flags.includes("O_PATH");
  return opensNothing ? ["O_CLOEXEC", "O_NOFOLLOW"] : ["O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK"];
}

/** What nsomem reads outside of its own directories, and why that is no door for a stranger. */
const readsElsewhere: readonly [RegExp, string][] = [
  [/^\/(proc|sys)\//, "the kernel's own; also /proc and /sys themselves"],
  [/^\/(proc|sys)$/, "the kernel's own"],
  [/^\/dev\/(null|kmsg|urandom|pts\/\d+|tty)$/, "the kernel's own"],
  [/^\/(usr\/)?lib(64)?\//, "the C library, root's"],
  [/^\/etc\/(ld\.so\.cache|localtime|passwd|nsswitch\.conf|os-release)$/, "root's"],
  [/^\/usr\/(share\/zoneinfo|lib\/os-release)/, "root's"],
  [/^\/run\/nsomem\//, "the register of cores, in a directory of root's own"],
  [/\/dist\/nsomem$/, "the binary itself"],
  [/^\/(usr\/)?bin\//, "the first bytes of an interpreter that a script of the operator's names"],
];

testUnless(
  nativeMissing ?? kernelViewMissing() ?? missingCommand("strace"),
  "of a whole rescue, own files are opened without following a link, elsewhere only what is known, and only trusted programs are started",
  async () => {
    const dir = scene.dir();
    const home = join(dir, "home");
    const nsoDir = join(dir, "nso");
    Bun.spawnSync(["mkdir", "-p", nsoDir]);
    const trace = join(dir, "trace");
    const core = scene.keep(await startCore({ cwd: nsoDir, dumpPath: join(nsoDir, "erl_crash.dump") }));
    const ncs = writeNcsCommand(join(dir, "bin"));
    const page = writeScript(join(dir, "bin"), "page", "#!/bin/sh\nexit 0\n");
    const view = createKernelView(join(dir, "kernel"));
    const config = `[nso]\ncommand = "${ncs.path}"\n[debug_dump]\ninterval = "10ms"\n[actions]\nwarning_phy = ["debug-dump", "evidence", "run:${page}"]\n`;
    const agent = scene.agent({
      prefix: [
        ...view.prefix,
        // -D: the agent stays this test's child, and strace looks on from the side.
        ...[
          "strace",
          "-D",
          "-f",
          "-y",
          "-s",
          "400",
          "-e",
          "trace=openat,execve,clone,clone3,fork,vfork",
          "-o",
          trace,
        ],
      ],
      words: ["--pid", String(core.pid)],
      config,
    });
    await agent.statusWhen("the first reading", ({ memory }) => memory.physical?.level === "normal");
    view.set({ physicalPercent: 92 });
    await until("the debug dumps", () => agent.log("action.log").includes("debug-dump done"));
    await until("the evidence", () => agent.log("action.log").includes("evidence done"));
    view.set({ physicalPercent: 96 });
    await core.arrival();
    await agent.ended;
    // strace writes its last lines when it has seen the agent's end.
    await until(
      "the whole trace",
      () => readFileSync(trace, "utf8").match(/\+\+\+ exited with 0 \+\+\+\s*$/) !== null,
    );

    const { opens, starts, forks } = readTrace(whole(readFileSync(trace, "utf8")));
    // The tool, ncs and scripts are programs of their own, and what they fork is theirs.
    const others = new Set(starts.filter(({ words }) => words[0] !== nsomem).map(({ pid }) => pid));
    for (const { pid, child } of forks) if (others.has(pid)) others.add(child);
    const own = opens.filter(({ pid }) => !others.has(pid));
    expect(own.length).toBeGreaterThan(100);

    const inHome = own.filter(({ path }) => path.startsWith(`${home}/`));
    const names = new Set(inHome.map(({ path }) => path.split("/").at(-1)));
    for (const name of ["agent.log", "status.json.partial", "incident.jsonl", "nsomem.lock", "dump1.bin"])
      expect(names).toContain(name);
    const careless = inHome
      // The operator's, who may link it; nsomem looks at it by O_PATH and opens what it looked at.
      .filter(({ path }) => path !== join(home, "nsomem.toml"))
      // SQLite opens its files itself, without O_NONBLOCK; nsomem looks at them before.
      .filter(({ path }) => !/\/history\.db(-wal|-shm|-journal)?$/.test(path))
      .filter((one) => !neededFlags(one).every((flag) => one.flags.includes(flag)));
    expect(careless).toEqual([]);

    const given = [join(home, "nsomem.toml"), ncs.path, page, nsoDir, dir];
    const unknown = own
      .filter(({ path }) => !path.startsWith(`${home}/`) && path !== home)
      .filter(({ path }) => !path.startsWith(`${nsoDir}/`) && !given.includes(path))
      .filter(({ path }) => !readsElsewhere.some(([form]) => form.test(path)));
    expect(unknown).toEqual([]);

    // As root: whatever is started belongs to root, the whole way, and nobody else can write it.
    expect(starts.length).toBeGreaterThan(4);
    const programs = new Set(starts.map(({ words }) => words[0] ?? ""));
    const strange = [...programs].flatMap((path) => ownershipComplaints(path));
    expect(strange).toEqual([]);
    for (const path of programs) expect(statSync(path).isFile()).toBe(true);
  },
);
