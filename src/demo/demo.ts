/** The demo: a real agent beside a stand-in for NSO, led by real memory from normal to critical and back. */

import { NsomemError } from "../core/errors.ts";
import type { MemoryUse } from "../core/limit.ts";
import type { Status } from "../core/status.ts";
import { account, brokenPromises } from "./account.ts";
import { type DemoAgent, startAgent } from "./agent-process.ts";
import { waitForDrawing } from "./late-drawing.ts";
import { type DemoLimits, demoLimits } from "./limits.ts";
import { play } from "./play.ts";
import { setStage, writeConfig } from "./stage.ts";
import { type StandIn, startStandIn } from "./stand-in-process.ts";

export interface DemoOptions {
  /** This program as a command. */
  command: readonly string[];
  /** The environment in which a second copy of it takes little commit. */
  standInEnv: Record<string, string>;
  /** The kernel's /proc. */
  procDir: string;
  /** The memory ceilings of a process now: the host, and the smaller cgroups above the process. */
  readCeilings: (pid: number) => MemoryUse[];
  readStatus: (path: string) => Status | undefined;
  say: (text: string) => void;
  /** Aborted by ^C, SIGTERM and SIGHUP. */
  interrupted: AbortSignal;
}

/** The whole demo has to stay under a minute: only one that failed early is tried once more. */
const secondTryWithinMs = 20_000;

/**
 * Plays the demo to its end, and once more where another program's memory spoiled it early. Throws NsomemError DEMO or
 * DEMO_NOISE saying what did not happen. Leaves no process behind.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const startedMs = performance.now();
  try {
    await playOnce(options);
  } catch (error) {
    const isNoise = error instanceof NsomemError && error.code === "DEMO_NOISE";
    if (!isNoise || performance.now() - startedMs > secondTryWithinMs) throw error;
    options.say(`\n${error.message}.\nTrying once more.\n`);
    await playOnce(options);
  }
}

async function playOnce(options: DemoOptions): Promise<void> {
  const stage = setStage();
  const standIns: StandIn[] = [];
  const start = () => {
    const { command, standInEnv: env } = options;
    const { runDir, conffile } = stage;
    const standIn = startStandIn({ command, env, runDir, conffile });
    standIns.push(standIn);
    return standIn;
  };
  const status = () => options.readStatus(`${stage.home}/status.json`);
  const throwIfInterrupted = () => {
    if (options.interrupted.aborted)
      throw new NsomemError("DEMO", `interrupted; the files are in ${stage.home}`);
  };
  let agent: DemoAgent | undefined;
  let failure: unknown;
  try {
    const standIn = start();
    await standIn.ready;
    const limits = demoLimits(options.readCeilings(standIn.pid));
    if ("refusal" in limits) throw new NsomemError("DEMO", `the demo cannot run here: ${limits.refusal}`);
    writeConfig(stage, limits);
    options.say(introduction(standIn, limits));
    agent = startAgent(options.command, stage, standIn.pid, status);
    await play({ agent, standIn, restart: start, growthKibMax: 3 * limits.stepKib, throwIfInterrupted });
  } catch (error) {
    failure = error;
  } finally {
    await agent?.stop();
    if (agent) await waitForDrawing({ procDir: options.procDir, home: stage.home }, options.interrupted);
    for (const standIn of standIns) await standIn.end();
  }
  const last = status();
  if (agent) options.say(account(stage, last));
  if (failure) throw failure;
  const broken = brokenPromises(last);
  if (broken.length > 0) throw new NsomemError("DEMO", `the demo did not show: ${broken.join(", ")}`);
}

function introduction(standIn: StandIn, limits: DemoLimits): string {
  return [
    `nsomem demo: a stand-in for NSO (PID ${standIn.pid}, labelled in its command line) takes real memory.`,
    `Limits for this run, just above what is in use now: warning ${limits.warningPercent} %, critical ${limits.criticalPercent} %.`,
    "A real agent watches that PID alone. It takes about half a minute; ^C ends it.",
    "",
  ].join("\n");
}
