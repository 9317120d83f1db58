/** The drill: every step of a rescue with the installed configuration, on a decoy; NSO itself is never touched. */

import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PreparedConfig } from "../configuration/prepare.ts";
import type { Config } from "../core/config.ts";
import { describeError } from "../core/errors.ts";
import type { Core } from "../linux/nso.ts";
import type { Roots } from "../linux/roots.ts";
import type { Paths } from "../record/paths.ts";
import {
  checkDirectory,
  checkPermission,
  decoyMsMax,
  describeRules,
  directories,
  dryCall,
  executablesOf,
  firstReading,
  probeNcs,
  readDump,
  recognised,
  signalDecoy,
} from "./drill-step.ts";

export interface Decoy {
  pid: number;
  /** Resolves when it listens for the signal: before, SIGUSR1 would end it without a dump. */
  ready: Promise<unknown>;
  exited: Promise<number>;
  end(): Promise<void>;
}

export interface DrillOptions {
  paths: Paths;
  roots: Roots;
  prepareConfig: () => Promise<PreparedConfig>;
  /** Starts a process under NSO's command line that writes `ncs_crash.dump` into `runDir` on SIGUSR1. */
  startDecoy: (runDir: string) => Decoy;
  /** Whether a core is such a decoy, of this drill or another. */
  isDecoy: (core: Core) => boolean;
  onStep: (step: DrillStep) => void;
  signal: AbortSignal;
}

export interface DrillStep {
  name: string;
  result: "passed" | "failed" | "not run";
  detail: string;
}

/** Goes through all steps, telling each as it ends. A failed one does not stop the next where that can be tried. */
export async function drill(options: DrillOptions): Promise<DrillStep[]> {
  const steps: DrillStep[] = [];
  const scratch = mkdtempSync(join(tmpdir(), "nsomem-drill-"));
  try {
    const prepared = await attempt("configuration", async () => {
      const found = await options.prepareConfig();
      return { detail: found.file ?? "none; the defaults are in force", value: found };
    });
    for (const [name, dir] of directories(options.paths))
      await attempt(name, async () => ({ detail: checkDirectory(dir) }));
    if (prepared) await tryConfigured(prepared.config, prepared.callbacks?.exports ?? []);
    else note("rules, tool, commands", "not run", "without a configuration");
    await tryDecoy(join(scratch, "run"));
    await attempt("permission to signal NSO", async () => ({ detail: checkPermission(options) }));
    return steps;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }

  async function tryConfigured(config: Config, exports: readonly string[]): Promise<void> {
    await attempt("measuring tool", async () => ({
      detail: await firstReading(config, scratch, options.roots),
    }));
    await attempt("rules", async () => ({ detail: describeRules(config, options.roots.procDir) }));
    await attempt("debug dump command", async () => ({
      detail: await probeNcs(config, options.roots.procDir),
    }));
    for (const path of executablesOf(config))
      await attempt(`executable ${path}`, async () => {
        accessSync(path, constants.X_OK);
        return { detail: "there, executable and safely owned; not started" };
      });
    for (const name of exports)
      await attempt(`callback ${name}`, async () => ({
        detail: await dryCall(config, name, scratch, options),
      }));
  }

  async function tryDecoy(runDir: string): Promise<void> {
    mkdirSync(runDir);
    let decoy: Decoy | undefined;
    const core = await attempt("decoy under NSO's command line", async () => {
      decoy = options.startDecoy(runDir);
      const found = await recognised(options.roots.procDir, decoy.pid);
      return { detail: `PID ${found.pid} is recognised as an NSO core`, value: found };
    });
    try {
      if (core && decoy) {
        const { exited, ready } = decoy;
        await Promise.race([ready, Bun.sleep(decoyMsMax)]);
        await attempt("signal", async () => ({
          detail: await signalDecoy(options.roots.procDir, core, exited),
        }));
        await attempt("crash dump", async () => ({ detail: readDump(join(runDir, "ncs_crash.dump")) }));
      }
    } finally {
      await decoy?.end();
    }
  }

  function note(name: string, result: DrillStep["result"], detail: string): void {
    const step = { name, result, detail };
    steps.push(step);
    options.onStep(step);
  }

  async function attempt<T>(
    name: string,
    work: () => Promise<{ detail: string; value?: T }>,
  ): Promise<T | undefined> {
    try {
      const { detail, value } = await work();
      note(name, "passed", detail);
      return value;
    } catch (error) {
      note(name, "failed", describeError(error));
      return undefined;
    }
  }
}
