/**
 * The world of one fault: a mount and a PID namespace that hold nothing but it, a /proc/meminfo of its own, a stand-in
 * for the core that tells when SIGUSR1 came. Whoever makes one is inside of the namespaces already (`run-fault.ts`):
 * every process ends and every mount goes with them.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Agent, type AgentOptions, startAgent } from "../e2e/agent.ts";
import { type RunResult, run } from "../e2e/binary.ts";
import { createKernelView, type KernelView } from "../e2e/kernel-view.ts";
import { type Arrival, type CoreOptions, type CoreStandIn, startCore } from "../lab/core.ts";
import { type NcsCommand, writeNcsCommand } from "../lab/ncs-command.ts";
import { until } from "../lab/part.ts";
import { Broken, must } from "./broken.ts";

export interface World {
  dir: string;
  home: string;
  view: KernelView;
  ncs: NcsCommand;
  /** Its directory in the cgroup that the fault asked for. */
  cgroup: string;
  /** What must be undone before the namespaces go, last first: what the kernel keeps for longer than they last. */
  finally(undo: () => void): void;
  core(options?: CoreOptions): Promise<CoreStandIn>;
  /** Starts an agent in the foreground on this core, and waits for its first reading. Memory is near critical then. */
  agent(core: CoreStandIn, options?: Partial<AgentOptions>): Promise<Agent>;
  /** The same settings for whoever starts one by himself: critical only, no dumps at warning. */
  config(more?: string): string;
  /** Memory crosses critical now. Resolves with how long SIGUSR1 took; throws Broken after `msMax`. */
  cross(core: CoreStandIn, msMax?: number): Promise<number>;
  /** What is cut out of `nsomem status` or a log by `pattern`; throws Broken where the user is not told so. */
  told(pattern: RegExp, timeoutMs?: number): Promise<string>;
  /** Waits until the newest incident has a verdict that matches. Returns it. */
  verdict(pattern: RegExp, timeoutMs?: number): Promise<string>;
  command(words: readonly string[]): Promise<RunResult>;
}

/** On both sides of critical, which begins at 95. Memory that grows comes by the first: the tool looks each 20 ms there. */
export const nearPercent = 94.5;
const criticalPercent = 96;

export function createWorld(dir: string): World {
  const home = join(dir, "home");
  const view = createKernelView(join(dir, "kernel"));
  mount(["--bind", view.meminfo, "/proc/meminfo"]);
  mount(["--bind", view.overcommit, "/proc/sys/vm/overcommit_memory"]);
  mkdirSync(home, { recursive: true });
  const ncs = writeNcsCommand(join(dir, "bin"));
  const undos: (() => void)[] = [];
  process.on("exit", () => {
    for (const undo of undos.reverse()) undo();
  });
  const config = (more = "[actions]\nwarning_phy = []\n") => `[nso]\ncommand = "${ncs.path}"\n${more}`;
  const command = (words: readonly string[]) => run([...words, "--home", home]);
  return {
    dir,
    home,
    view,
    ncs,
    cgroup: process.env.CHAOS_CGROUP ?? "",
    finally: (undo) => undos.push(undo),
    core: (options = {}) => startCore({ cwd: dir, dumpPath: join(dir, "erl_crash.dump"), ...options }),
    async agent(core, { config: more, words = [], ...options } = {}) {
      const agent = startAgent({
        home,
        config: config(more),
        words: ["--pid", String(core.pid), ...words],
        ...options,
      });
      await agent.statusWhen("the first reading", ({ memory }) => memory.physical !== undefined);
      view.set({ physicalPercent: nearPercent });
      return agent;
    },
    config,
    async cross(core, msMax = 5000) {
      const sinceMs = Date.now();
      view.set({ physicalPercent: criticalPercent });
      const arrival = await core.arrival(msMax).catch((): Arrival | undefined => undefined);
      must(arrival?.signal === "SIGUSR1", `no SIGUSR1 within ${msMax} ms of the crossing`);
      return Number(arrival.atNs / 1000n) / 1000 - sinceMs;
    },
    told: (pattern, timeoutMs = 10_000) => told({ home, command }, pattern, timeoutMs),
    verdict: (pattern, timeoutMs = 10_000) => verdict(command, pattern, timeoutMs),
    command,
  };
}

async function told(
  { home, command }: Pick<World, "home" | "command">,
  pattern: RegExp,
  timeoutMs: number,
): Promise<string> {
  let page = "";
  try {
    return await until(
      `the user to be told ${pattern}`,
      async () => {
        page = (await command(["status"])).stdout;
        const texts = [page, ...["agent.log", "action.log"].map((name) => textOf(join(home, "logs", name)))];
        return texts.flatMap((text) => pattern.exec(text)?.[0] ?? []).at(0);
      },
      timeoutMs,
    );
  } catch {
    throw new Broken(
      `the user is not told ${pattern}; nsomem status says:\n${page}\n${textOf(join(home, "logs", "agent.log"))}`,
    );
  }
}

async function verdict(command: World["command"], pattern: RegExp, timeoutMs: number): Promise<string> {
  let seen = "no incident";
  try {
    return await until(
      `a verdict ${pattern}`,
      async () => {
        const { stdout } = await command(["incidents", "--json"]);
        const [newest] = (JSON.parse(stdout) as { incidents: { sentence: string }[] }).incidents;
        seen = newest?.sentence ?? "no incident";
        return pattern.test(seen) ? seen : undefined;
      },
      timeoutMs,
    );
  } catch {
    throw new Broken(`the newest incident is not ${pattern} but "${seen}"`);
  }
}

export function textOf(path: string): string {
  try {
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  } catch {
    return "";
  }
}

/** Throws where it is refused. */
export function mount(words: readonly string[]): void {
  system(["mount", ...words]);
}

export function system(words: string[]): string {
  const result = Bun.spawnSync(words, { stdout: "pipe", stderr: "pipe" });
  if (!result.success) throw new Error(`${words.join(" ")}: ${result.stderr}`);
  return result.stdout.toString();
}

/** Writes until nothing more goes in. */
export function fill(dir: string): void {
  Bun.spawnSync(["dd", "if=/dev/zero", `of=${join(dir, "filler")}`, "bs=64k"], { stderr: "ignore" });
  Bun.spawnSync(["dd", "if=/dev/zero", `of=${join(dir, "filler2")}`, "bs=1"], {
    stderr: "ignore",
    timeout: 2000,
  });
}

/** PIDs in this namespace whose command line has `words`, without this process. */
export function processesOf(words: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => textOf(`/proc/${name}/cmdline`).replaceAll("\0", " ").includes(words))
    .map(Number);
}

export function writeExecutable(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o755 });
}
