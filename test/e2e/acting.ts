/** An agent with the operator's own actions, on a kernel view of the test's own, beside a core that tells its signals. */

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CoreStandIn, startCore } from "../lab/core.ts";
import { nativeMissing } from "../lab/native.ts";
import { type NcsCommand, writeNcsCommand } from "../lab/ncs-command.ts";
import type { Agent } from "./agent.ts";
import { createKernelView, type KernelView, kernelViewMissing } from "./kernel-view.ts";
import type { Scene } from "./scene.ts";

/** Why none can be had here, or undefined. */
export const actingMissing = nativeMissing ?? kernelViewMissing();

export interface Acting {
  core: CoreStandIn;
  ncs: NcsCommand;
  view: KernelView;
  agent: Agent;
  home: string;
}

export interface ActingOptions {
  config?: string;
  /** The text of callbacks.ts. */
  callbacks?: string;
  words?: string[];
  /** The core notes SIGUSR1 and lives on. */
  stays?: boolean;
}

/** Starts all of it at 10 % and waits for the first reading. */
export async function startActing(scene: Scene, options: ActingOptions = {}): Promise<Acting> {
  const { config = "", callbacks, words = [], stays = false } = options;
  const dir = scene.dir();
  const home = join(dir, "home");
  mkdirSync(home, { recursive: true });
  if (callbacks !== undefined) writeFileSync(join(home, "callbacks.ts"), callbacks);
  const core = scene.keep(await startCore({ cwd: dir, stays, dumpPath: join(dir, "erl_crash.dump") }));
  const ncs = writeNcsCommand(join(dir, "bin"));
  const view = createKernelView(join(dir, "kernel"));
  const agent = scene.agent({
    prefix: view.prefix,
    words: ["--pid", String(core.pid), ...words],
    config: `[nso]\ncommand = "${ncs.path}"\n${config}`,
  });
  await agent.statusWhen("the first reading", ({ memory }) => memory.physical?.level === "normal");
  return { core, ncs, view, agent, home };
}

/** Writes an executable and returns its path. */
export function writeScript(dir: string, name: string, text: string): string {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, name);
  writeFileSync(path, text);
  chmodSync(path, 0o700);
  return path;
}

/** A list for `[actions]` with one executable. */
export function listing(rule: string, ...actions: string[]): string {
  return `[actions]\n${rule} = ${JSON.stringify(actions)}\n`;
}
