/** Brings an agent up and down: its lock, memory lock, oom score, signals; the same for every kind of source. */

import { dirname, join } from "node:path";
import { isatty } from "node:tty";
import { takeAgentLock } from "../linux/agent-lock.ts";
import { type CoreChoice, chooseCore, notFound } from "../linux/choose-core.ts";
import { call, type FileWork } from "../linux/file-work.ts";
import { hostClock } from "../linux/host-clock.ts";
import { readMeminfo } from "../linux/meminfo.ts";
import { dropStartupCode, keepMappedCode, lockMemory, readCode } from "../linux/memory-lock.ts";
import { writeOomScoreAdj } from "../linux/oom-score.ts";
import { openToAppend } from "../linux/private-file.ts";
import { kernelRoots, ownProcDir, type Roots } from "../linux/roots.ts";
import { serviceManager } from "../linux/sd-notify.ts";
import { keepSpares } from "../linux/spare-descriptor.ts";
import { openCoreRegister } from "../record/core-register.ts";
import { createLanes } from "../record/lane.ts";
import type { Paths } from "../record/paths.ts";
import { finishAlone } from "../rescue/crash-dump/finish-alone.ts";
import { rehearse } from "../rescue/crash-dump/rehearsal.ts";
import { type AgentInput, type AgentSummary, type AgentView, runAgent } from "./agent.ts";
import { coreHolder } from "./hold-core.ts";
import type { AgentConfiguration } from "./parts.ts";
import { createRest } from "./rest.ts";
import { createServiceReport } from "./service-report.ts";
import type { Source } from "./sources/source.ts";

export interface LaunchOptions {
  paths: Paths;
  configuration: Omit<AgentConfiguration, "onReloadWish">;
  nso: { choice: CoreChoice; wait: boolean };
  input: LaunchInput;
  dryRun: boolean;
  view: AgentView;
  onReady: () => void;
}

export interface LaunchInput extends Omit<AgentInput, "source"> {
  /** Asked once this agent holds its lock, so that nobody else's directories are touched before. */
  prepareSource: (roots: Roots) => Source;
}

/** A lock that could not be given back in time is the kernel's to free. */
const releaseMsMax = 300;

/** As far down as the agent's own pages deserve to go before NSO's: not -1000, so that it can still be killed. */
const ownOomScoreAdj = -900;

/** Runs an agent until NSO ends or a signal comes. Throws NsomemError (exit 4, 5) when it may not begin. */
export async function launch(options: LaunchOptions): Promise<AgentSummary> {
  const roots = kernelRoots();
  const { paths, configuration, nso, input } = options;
  keepSpares();
  const lock = takeAgentLock(paths);
  const lanes = createLanes();
  const { stop, onReloadWish, ignore } = listenToSignals();
  try {
    const register = openCoreRegister({
      dir: paths.cores,
      procDir: roots.procDir,
      place: paths.state,
      onProblem: (text) => options.view.say(text, "warning"),
      lane: lanes.of(paths.cores),
    });
    const { core, passedOver } = chooseCore(roots.procDir, nso.choice);
    if (!core && !nso.wait) {
      const { config } = configuration.initial;
      await finishAlone({ paths, config, roots, register, stop, say: options.view.say, lanes });
      throw notFound(roots.procDir, nso.choice, passedOver);
    }
    const hold = coreHolder(register, options);
    const held = core && { core, hold: await hold(core) };
    const source = input.prepareSource(roots);
    writeOomScoreAdj(ownProcDir, "self", ownOomScoreAdj);
    const rest = createRest({
      read: () =>
        void lanes
          .of(dirname(process.execPath))
          .do(readCode)
          .catch(() => undefined),
      settle: () =>
        settleMemory(roots.procDir, () =>
          lanes.of(paths.state).do(() => tryDisk(join(paths.state, "rehearsal"))),
        ),
      keep: keepMappedCode,
      collect: () => void Bun.gc(true),
      monotonicMs: hostClock.monotonicMs,
    });
    const summary = await runAgent({
      ...options,
      roots,
      configuration: { ...configuration, onReloadWish },
      nso: { ...nso, held, hold },
      register,
      lock,
      lanes,
      input: { ...input, source },
      service: createServiceReport({
        manager: serviceManager(process.env),
        env: process.env,
        monotonicMs: hostClock.monotonicMs,
      }),
      rest,
      stop,
    });
    rest.stop();
    return summary;
  } finally {
    ignore();
    await Promise.race([
      lanes
        .of(paths.state)
        .do(lock.release)
        .catch(() => undefined),
      Bun.sleep(releaseMsMax),
    ]);
  }
}

/** What a rescue needs is in memory from then on. Without a free descriptor it stays as it is. */
async function settleMemory(procDir: string, sync: () => Promise<void>): Promise<void> {
  try {
    dropStartupCode();
    await rehearse({ ...hostClock, sync });
    lockMemory({ hasSwap: hasSwap(procDir) });
  } catch {}
}

/** A file that is made, is on disk and is gone again. */
function* tryDisk(path: string): FileWork<void> {
  const { descriptor } = yield* openToAppend(path);
  try {
    yield* call.fsync(descriptor);
  } finally {
    yield* call.close(descriptor);
    yield* call.unlink(path);
  }
}

/** Where it cannot be read there may be some. */
function hasSwap(procDir: string): boolean {
  try {
    return readMeminfo(procDir).swapTotalKib > 0;
  } catch {
    return true;
  }
}

/**
 * The first SIGINT or SIGTERM stops the agent; further ones change nothing while it does. SIGHUP asks for a reload,
 * unless it comes because the terminal that the agent was started on has gone.
 */
function listenToSignals(): {
  stop: AbortSignal;
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
    stop: controller.signal,
    onReloadWish(listener) {
      reload = listener;
    },
    ignore: () => void process.off("SIGINT", onStop).off("SIGTERM", onStop).off("SIGHUP", onHangup),
  };
}
