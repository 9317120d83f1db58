/** Brings an agent up and down: PID file, memory lock, oom score, signals; the same for every kind of source. */

import { isatty } from "node:tty";
import type { PreparedConfig } from "../configuration/prepare.ts";
import { type CoreChoice, chooseCore, notFound } from "../linux/choose-core.ts";
import { dropStartupCode, lockMemory } from "../linux/memory-lock.ts";
import { writeOomScoreAdj } from "../linux/oom-score.ts";
import { acquirePidFile } from "../linux/pid-file.ts";
import { kernelRoots, type Roots } from "../linux/roots.ts";
import type { Paths } from "../record/paths.ts";
import { finishAlone } from "../rescue/finish-alone.ts";
import { type AgentSummary, type AgentView, runAgent } from "./agent.ts";
import type { StartSource } from "./sources/source.ts";

export interface LaunchOptions {
  paths: Paths;
  config: PreparedConfig;
  readConfigAgain: () => Promise<PreparedConfig>;
  choice: CoreChoice;
  wait: boolean;
  dryRun: boolean;
  /** Asked once this agent holds the PID file, so that nobody else's directories are touched before. */
  prepareSource: (roots: Roots) => StartSource;
  foreign: boolean;
  keepLines: boolean;
  view: AgentView;
  onReady: () => void;
}

/** As far down as the agent's own pages deserve to go before NSO's: not -1000, so that it can still be killed. */
const ownOomScoreAdj = -900;

/** Runs an agent until NSO ends or a signal comes. Throws NsomemError (exit 4, 5) when it may not begin. */
export async function launch(options: LaunchOptions): Promise<AgentSummary> {
  const roots = kernelRoots();
  const { paths } = options;
  const release = acquirePidFile(paths.pidFile, roots.procDir);
  const { signal, onReloadWish, ignore } = listenToSignals();
  try {
    const core = chooseCore(roots.procDir, options.choice);
    if (!core && !options.wait) {
      await finishAlone({ paths, config: options.config.config, roots, signal, say: options.view.say });
      throw notFound(roots.procDir, options.choice);
    }
    const startSource = options.prepareSource(roots);
    writeOomScoreAdj("/proc", "self", ownOomScoreAdj);
    const settled = setTimeout(settleMemory, settleAfterMs);
    const summary = await runAgent({ ...options, roots, core, startSource, onReloadWish, stop: signal });
    clearTimeout(settled);
    return summary;
  } finally {
    ignore();
    release();
  }
}

/** By then the first ticks have run, so what the loop needs is known to the kernel as in use. */
const settleAfterMs = 3000;

function settleMemory(): void {
  dropStartupCode();
  lockMemory();
}

/**
 * The first SIGINT or SIGTERM stops the agent; further ones change nothing while it does. SIGHUP asks for a reload,
 * unless it comes because the terminal that the agent was started on has gone.
 */
function listenToSignals(): {
  signal: AbortSignal;
  onReloadWish: (listener: () => void) => void;
  ignore: () => void;
} {
  const controller = new AbortController();
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  let reload: (() => void) | undefined;
  const onStop = () => controller.abort();
  const onHangup = () => {
    const isGone = terminals.length > 0 && !terminals.some((descriptor) => isatty(descriptor));
    if (isGone) controller.abort();
    else reload?.();
  };
  process.on("SIGINT", onStop).on("SIGTERM", onStop).on("SIGHUP", onHangup);
  return {
    signal: controller.signal,
    onReloadWish(listener) {
      reload = listener;
    },
    ignore: () => void process.off("SIGINT", onStop).off("SIGTERM", onStop).off("SIGHUP", onHangup),
  };
}
