/** The decoy: a process under NSO's command line that is recognised, signalled and dumped in NSO's place. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { NsomemError } from "../core/errors.ts";
import { formatDuration, formatKib } from "../core/units.ts";
import { type Core, isSameCore, readCore } from "../linux/nso.ts";
import { pidfdObstacle } from "../linux/pidfd.ts";
import { openProcess } from "../linux/process-handle.ts";
import { readRegular } from "../linux/regular-file.ts";
import type { Steps } from "./steps.ts";

export interface Decoy {
  pid: number;
  /** Resolves when it listens for the signal: before, SIGUSR1 would end it without a dump. */
  ready: Promise<unknown>;
  exited: Promise<number>;
  end(): Promise<void>;
}

export interface Decoys {
  /** Starts a process under NSO's command line that writes `ncs_crash.dump` into `runDir` on SIGUSR1. */
  start(runDir: string): Decoy;
  /** Whether a core is such a decoy, of this drill or another. */
  includes(core: Core): boolean;
}

const decoyMsMax = 15_000;
const lookMs = 20;

/** Leads a decoy through a rescue; whatever comes of it, the decoy is ended. */
export async function tryDecoy(
  steps: Steps,
  decoys: Decoys,
  { procDir, runDir }: { procDir: string; runDir: string },
): Promise<void> {
  mkdirSync(runDir);
  let started: Decoy | undefined;
  try {
    const found = await steps.obtain("decoy under NSO's command line", async () => {
      const decoy = decoys.start(runDir);
      started = decoy;
      const core = await recognised(procDir, decoy.pid);
      return { detail: `PID ${core.pid} is recognised as an NSO core`, value: { core, decoy } };
    });
    if (!found) return;
    const { core, decoy } = found;
    await Promise.race([decoy.ready, Bun.sleep(decoyMsMax)]);
    await steps.check("signal", () => signalDecoy(procDir, core, decoy.exited));
    await steps.check("crash dump", () => checkDump(join(runDir, "ncs_crash.dump")));
  } finally {
    await started?.end();
  }
}

async function recognised(procDir: string, pid: number): Promise<Core> {
  const endsMs = performance.now() + decoyMsMax;
  while (performance.now() < endsMs) {
    const core = readCore(procDir, pid);
    if (core) return core;
    await Bun.sleep(lookMs);
  }
  throw new NsomemError("DECOY", `PID ${pid} was not recognised in ${formatDuration(decoyMsMax)}`);
}

/** The signal as it goes to NSO: by pidfd, after a last look at who the process is. */
async function signalDecoy(procDir: string, core: Core, exited: Promise<number>): Promise<string> {
  const handle = openProcess(procDir, core);
  if (!handle || !isSameCore(procDir, core))
    throw new NsomemError("DECOY", `PID ${core.pid} has ended by itself`);
  const startedMs = performance.now();
  const isSent = handle.send("SIGUSR1");
  handle.close();
  if (!isSent) throw new NsomemError("DECOY", `SIGUSR1 to the decoy (PID ${core.pid}) was refused`);
  const code = await Promise.race([exited, Bun.sleep(decoyMsMax).then(() => undefined)]);
  if (code === undefined)
    throw new NsomemError("DECOY", `the decoy has not ended ${formatDuration(decoyMsMax)} after SIGUSR1`);
  const way = handle.by === "pidfd" ? "by pidfd" : `by kill(2), as ${pidfdObstacle()}`;
  return `SIGUSR1 ${way}; the decoy ended after ${formatDuration(performance.now() - startedMs)} with exit ${code}`;
}

/** The stand-in writes some kilobytes. */
const dumpBytesMax = 1024 * 1024;

/** Throws NsomemError DUMP for a dump that was cut. */
export function checkDump(path: string): string {
  const text = readRegular(path, { of: "own", bytesMax: dumpBytesMax });
  if (!text.trimEnd().endsWith("=end")) throw new NsomemError("DUMP", `${path} has no end mark`);
  return `${formatKib(text.length / 1024)}, complete`;
}
