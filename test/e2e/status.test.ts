/** `nsomem status`, `top` and the first screen in a real terminal, through a real rescue: a BEAM in a memory cgroup. */

import { describe, expect } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beamMissing, startBeam } from "../lab/beam.ts";
import { startCore } from "../lab/core.ts";
import { createMemoryCgroup, memoryCgroupMissing } from "../lab/memory-cgroup.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { until } from "../lab/part.ts";
import { asUser, rootMissing, usersMissing } from "../lab/users.ts";
import { nsomem, run } from "./binary.ts";
import { createKernelView, kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";
import { openTerminal } from "./tmux.ts";

const scene = createScene();
const noTerminal = missingCommand("tmux");
const home = () => join(scene.dir(), "home");
const widths = [60, 80, 120];

/** What is on a screen of that width once the command has ended. */
async function screenOf(words: string, columns: number, env: Record<string, string> = {}): Promise<string[]> {
  const script = `sh -c "'${nsomem}' ${words} --home '${home()}'; echo over; sleep 60"`;
  const terminal = openTerminal({ dir: scene.dir(), script, columns, rows: 50, env });
  try {
    await until(`the end of ${words}`, () => terminal.screen().at(-1) === "over");
    return terminal.screen().slice(0, -1);
  } finally {
    await terminal.stop();
  }
}

/** No line of the page was broken by the terminal, but those that are to be copied as they are. */
async function expectPages(first: RegExp, more: RegExp): Promise<void> {
  for (const columns of widths) {
    const lines = await screenOf("status", columns);
    expect(lines[0]).toMatch(first);
    expect(lines.join("\n")).toMatch(more);
    const page = lines.filter((line) => !/^ *(?:\/|--home|nsomem)/.test(line) && /^\S/.test(line));
    for (const line of page) expect(line).toMatch(/^(?:[A-Za-z\d/]|\x1b)/);
  }
}

testUnless(
  noTerminal ?? memoryCgroupMissing() ?? beamMissing,
  "a real rescue at 60, 80 and 120 columns: normal, warning, dumping, after",
  async () => {
    const cgroup = createMemoryCgroup({ limitMib: 2000 });
    scene.keep({ stop: cgroup.remove });
    const runDir = join(scene.dir(), "run");
    const beam = scene.keep(await startBeam({ dir: runDir }));
    cgroup.add(beam.pid);
    await beam.grow({ mib: 150, holding: "process" });
    const agent = scene.agent({
      config: "[actions]\nwarning_phy = []\n",
      words: ["--pid", String(beam.pid)],
    });
    await agent.statusWhen("all of it", ({ memory, crash_dump: dump, processes }) =>
      Boolean(memory.physical && dump && processes.length > 0),
    );
    await expectPages(
      /^NORMAL: nsomem watches NSO$/,
      /^physical +[█░]+ +\d+\.\d % +NORMAL +\d+ MiB of 2\.0 GiB/m,
    );

    cgroup.setLimit(Math.ceil(cgroup.usedMib() / 0.92));
    // Both who measure have seen the new limit.
    let seen = 0;
    await agent.statusWhen("warning", ({ memory: { physical } }) => {
      const isSeen = physical?.level === "warning" && physical.percent > 90;
      seen = isSeen ? seen + 1 : 0;
      return seen > 50;
    });
    await expectPages(/^WARNING: physical memory at 9\d\.\d %/, /next +\S*nsomem top/);

    cgroup.setLimit(Math.ceil(cgroup.usedMib() * 1.01));
    const isDumping = /^DUMPING \d+(?:\.\d)? MiB of about \d+ MiB, \d+ s; do not restart NSO$/;
    await agent.statusWhen("the dump", ({ actions }) => actions.some(({ outcome }) => outcome === "running"));
    for (const columns of widths) expect((await screenOf("status", columns))[0]).toMatch(isDumping);

    await beam.exited;
    await agent.ended;
    await expectPages(
      /^NSO ENDED, its crash dump is COMPLETE; nsomem is not running$/,
      /^incident +\d{8}T\S+-physical/m,
    );
    const after = (await screenOf("status", 80)).join("\n");
    expect(after).toMatch(/^dump +complete, \d+ MiB in \d+ s\n +\S+\/run\/erl_crash\.dump$/m);
    expect(after).toMatch(/^it says +\d+ MiB in use: /m);
    expect(after).toContain("nsomem start --daemon --wait");
    const { exitCode, stdout } = await run(["incidents", "show", "--home", home()]);
    expect(exitCode).toBe(0);
    expect(stdout.match(/the dump (?:grew|has)/g)).toHaveLength(1);
  },
  120_000,
);

async function startWatched(words: string[] = []) {
  const core = scene.keep(await startCore({ cwd: scene.dir() }));
  const view = createKernelView(join(scene.dir(), "kernel"));
  const agent = scene.agent({ prefix: view.prefix, words: ["--pid", String(core.pid), ...words] });
  await agent.statusWhen("the first reading", ({ memory }) => memory.physical?.level === "normal");
  return { core, view, agent };
}

const lacking = noTerminal ?? nativeMissing ?? kernelViewMissing();

describe("a page in a terminal", () => {
  testUnless(noTerminal, "where nothing runs says so, and what to type", async () => {
    await expectPages(/^nsomem is not running$/, /next +\S*nsomem doctor/);
  });

  testUnless(lacking, "of a dry run, in a C locale, dumb, and plain: in words and in ASCII", async () => {
    await startWatched(["--dry-run"]);
    expect((await screenOf("status", 80))[0]).toBe("DRY RUN, NORMAL: nsomem watches NSO");
    for (const env of [{ LC_ALL: "C" }, { TERM: "dumb" }, { NSOMEM_PLAIN: "1" }] as Record<
      string,
      string
    >[]) {
      const lines = await screenOf("status", 60, env);
      expect(lines.join("\n")).toMatch(/^[\x20-\x7e\n]*$/);
      expect(lines.join("\n")).toMatch(/^physical +#-{9} +10\.0 % +NORMAL/m);
    }
  });
});

describe("top", () => {
  async function openTop(end: string) {
    const script = `sh -c "trap true INT TERM; '${nsomem}' top --home '${home()}'; echo ended with $?; stty -a | tr ' ;' '\\n\\n' | grep -x '.*icanon'; sleep 60"`;
    const terminal = scene.keep(
      openTerminal({ dir: scene.dir(), script: script.replace("$?", "\\$?"), columns: 80, rows: 24 }),
    );
    await until("the page", () => terminal.screen().at(-1)?.includes("q: quit"));
    return { terminal, ended: () => until(end, () => terminal.screen().some((line) => line === "icanon")) };
  }

  testUnless(
    lacking,
    "is live, goes back in time and forward, follows a resize, and q gives the terminal back",
    async () => {
      const { view } = await startWatched();
      const { terminal, ended } = await openTop("the shell");
      await until("a line of history", () => terminal.screen().some((line) => /^committed|▁/.test(line)));
      view.set({ physicalPercent: 91 });
      await until("the warning", () =>
        terminal.screen()[0]?.startsWith("WARNING: physical memory at 91.0 %"),
      );
      terminal.press("Up");
      await until("a finer column", () => terminal.screen()[1]?.endsWith("a column is 1 s"));
      terminal.press("Left");
      await until("the past", () => terminal.screen()[1]?.startsWith("PAST "));
      terminal.press("End");
      await until("now", () => terminal.screen()[1]?.includes(" to now"));
      for (const columns of [60, 120]) {
        terminal.resize(columns);
        await until(`a page of ${columns}`, () => {
          const lines = terminal.screen();
          const isFilled = lines.some((line) => line.length > columns - 12);
          return (
            isFilled && lines.every((line) => line.length < columns) && lines.at(-1)?.endsWith("q: quit")
          );
        });
      }
      terminal.press("q");
      await ended();
      expect(terminal.screen()).toEqual(["ended with 0", "icanon"]);
    },
  );

  testUnless(lacking, "gives the terminal back after ^C and after SIGTERM", async () => {
    await startWatched();
    const first = await openTop("the shell after ^C");
    first.terminal.press("C-c");
    await first.ended();
    expect(first.terminal.screen()[0]).toBe("ended with 0");
    const second = await openTop("the shell after SIGTERM");
    const pids = Bun.spawnSync(["pgrep", "-f", `^${nsomem} top --home ${home()}$`])
      .stdout.toString()
      .trim();
    expect(pids).toMatch(/^\d+$/);
    process.kill(Number(pids), "SIGTERM");
    await second.ended();
    expect(second.terminal.screen()[0]).toBe("ended with 0");
  });

  testUnless(lacking, "on a pipe prints the page and the history once, and ends as status does", async () => {
    await startWatched();
    const { exitCode, stdout } = await run(["top", "--home", home()]);
    expect(exitCode).toBe(0);
    expect(stdout).toStartWith("NORMAL: nsomem watches NSO\n");
    expect(stdout).toContain("a column is 10 s");
    expect(stdout).not.toContain("\x1b");
    expect((await run(["status", "--watch", "--home", home()])).exitCode).toBe(0);
    expect((await run(["status", "--watch", "--json", "--home", home()])).exitCode).toBe(2);
    expect((await run(["top", "--home", join(scene.dir(), "other")])).exitCode).toBe(3);
  });

  testUnless(lacking, "for a screen reader prints a line now and then, until q", async () => {
    await startWatched();
    const script = `sh -c "'${nsomem}' top --home '${home()}'; echo over; sleep 60"`;
    const env = { NSOMEM_PLAIN: "1" };
    const terminal = scene.keep(openTerminal({ dir: scene.dir(), script, columns: 80, env }));
    await until("a line", () =>
      terminal.screen().some((line) => line.startsWith("mem #------- 10.0% NORMAL")),
    );
    terminal.press("q", "Enter");
    await until("the end", () => terminal.screen().at(-1) === "over");
  });
});

/** What an agent of that user left of a rescue, 12 min ago. */
function leaveRescue(dir: string): { env: Record<string, string>; prefix: string[] } {
  const runtime = join(dir, "run/nsomem");
  const incident = join(dir, "state/nsomem/incidents/20261128T225105-489-physical");
  const agoMs = Date.now() - Date.parse("2026-11-28T22:51:50Z") - 12 * 60_000;
  const recorded = (name: string) =>
    readFileSync(join(import.meta.dir, "../ui/recorded", name), "utf8").replaceAll(
      /\d{4}-\d\d-\d\dT[\d:.]+\+00:00/g,
      (at) => new Date(Date.parse(at) + agoMs).toISOString().replace("Z", "+00:00"),
    );
  for (const made of [runtime, incident]) mkdirSync(made, { recursive: true, mode: 0o700 });
  writeFileSync(join(runtime, "status.json"), recorded("ended.json"));
  writeFileSync(join(incident, "incident.jsonl"), recorded("incident.jsonl"));
  chmodSync(dir, 0o711);
  if (rootMissing === undefined)
    Bun.spawnSync(["chown", "-R", "65534:65534", join(dir, "run"), join(dir, "state")]);
  const env = { HOME: dir, XDG_STATE_HOME: join(dir, "state"), XDG_RUNTIME_DIR: join(dir, "run") };
  return { env, prefix: rootMissing === undefined ? asUser(65534) : [] };
}

testUnless(
  rootMissing === undefined ? usersMissing : undefined,
  "nsomem alone: what happened, what is, what will be, the command to type next, then the help",
  async () => {
    const { env, prefix } = leaveRescue(scene.dir());
    const { exitCode, stdout } = await run([], { env, prefix });
    expect(exitCode).toBe(0);
    const [happened, now, ahead, next] = stdout.split("\n");
    expect(happened).toMatch(
      /^happened +\S+( \S+)?, 12 min ago: NSO ENDED, its crash dump is COMPLETE, 1\.1 GiB$/,
    );
    expect(now).toBe("now        NSO ENDED, its crash dump is COMPLETE; nsomem is not running");
    expect(ahead).toBe("ahead      nobody watches NSO");
    expect(next).toMatch(/^next +\S*nsomem start --daemon --wait/);
    expect(stdout).toContain("Every day");
    const status = await run(["status"], { env, prefix });
    expect(status.exitCode).toBe(3);
    expect(status.stdout).toContain("/var/opt/ncs/erl_crash.dump");
    // Nobody ran here: the help alone, which is a mistake in the command line.
    const elsewhere = {
      ...env,
      XDG_STATE_HOME: join(scene.dir(), "none"),
      XDG_RUNTIME_DIR: join(scene.dir(), "none"),
    };
    const help = await run([], { env: elsewhere, prefix });
    if (!existsSync("/run/nsomem"))
      expect([help.exitCode, help.stdout.split("\n")[0]]).toEqual([2, expect.stringMatching(/^nsomem \d/)]);
  },
);
