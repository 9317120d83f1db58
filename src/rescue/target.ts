/** The NSO core that actions are for, with everything they need of it read while it is healthy. */

import { type Config, limitsOf } from "../core/config.ts";
import type { Reading } from "../core/reading.ts";
import { type CoreUser, readCoreUser } from "../linux/core-user.ts";
import {
  type CrashDumpHints,
  type CrashDumpTarget,
  findCrashDumpTarget,
  holdTarget,
} from "../linux/crash-dump-path.ts";
import { createMeter } from "../linux/meter.ts";
import type { Core } from "../linux/nso.ts";
import { openProcess, type ProcessHandle } from "../linux/process-handle.ts";
import { callWitness, type Witness } from "./crash-dump/witness.ts";
import type { Host } from "./host.ts";
import type { OneSignal } from "./one-signal.ts";
import { type Outlook, openOutlook } from "./outlook.ts";

export interface Target {
  core: Core;
  /** Undefined when the core had ended before it could be held. */
  handle: ProcessHandle | undefined;
  signal: OneSignal;
  dump: CrashDumpTarget;
  outlook: Outlook;
  /** Called while it lives: of its end, when that comes. */
  witness: Pick<Witness, "named">;
  /** For the commands that are run about it; undefined when it had ended before it was looked at. */
  user: CoreUser | undefined;
  close(): void;
}

export function readTarget(
  host: Host,
  { core, signal }: Pick<Target, "core" | "signal">,
  config: Config,
): Target {
  const { roots, monotonicMs, journal } = host;
  const { procDir } = roots;
  const meter = createMeter(roots, host);
  meter.follow(core);
  const physical = () => meter.measure(config).readings.physical;
  const found = findCrashDumpTarget(procDir, core, dumpHints(config));
  const held = holdTarget(found);
  const closed = new AbortController();
  const target: Target = {
    core,
    signal,
    handle: openProcess(procDir, core),
    dump: found,
    outlook: openOutlook({
      ...roots,
      core,
      target: () => target.dump,
      physical,
      memory: () => orUndefined(physical),
      limits: limitsOf("physical", config),
      criticalPercent: config.physical.critical_percent,
      onHazard: (text) => journal.action(text, "warning"),
      monotonicMs,
      onTurn: (text, isHopeless) => journal.action(text, isHopeless ? "error" : "info"),
    }),
    user: readCoreUser(procDir, core),
    witness: callWitness(roots, core, { monotonicMs, stop: closed.signal }),
    close() {
      closed.abort();
      target.outlook.close();
      target.handle?.close();
      void held.then(({ release }) => release());
    },
  };
  void held.then((dump) => {
    target.dump = dump;
  });
  return target;
}

/** Undefined where it cannot be measured, which the agent itself says. */
function orUndefined(measure: () => Reading): Reading | undefined {
  try {
    return measure();
  } catch {
    return undefined;
  }
}

/** What the configuration says where discovery cannot see. */
export function dumpHints({ nso }: Config): CrashDumpHints {
  return { crashDump: nso.crash_dump, runDir: nso.run_dir };
}
