/** The demo: a real agent beside a stand-in for NSO, led by real memory from normal to critical and back. */

import type { Subprocess } from "bun";
import { NsomemError } from "../core/errors.ts";
import type { Level } from "../core/level.ts";
import type { MemoryUse } from "../core/limit.ts";
import type { Status } from "../core/status.ts";
import { account, brokenPromises } from "./account.ts";
import { type DemoLimits, demoLimits } from "./limits.ts";
import { type Stage, setStage, writeConfig } from "./stage.ts";
import { type StandIn, startStandIn } from "./stand-in-process.ts";

export interface DemoOptions {
  /** This program as a command. */
  command: readonly string[];
  /** The environment in which a second copy of it takes little commit. */
  standInEnv: Record<string, string>;
  /** The memory ceilings that a process lives under now: the host, and the cgroups that bind. */
  readCeilings: (pid: number) => MemoryUse[];
  readStatus: (path: string) => Status | undefined;
  say: (text: string) => void;
  /** Aborted by ^C and its kind. */
  interrupted: AbortSignal;
}

const pollMs = 40;
const pieceMib = 16;
/** Between two pieces: 16 MiB each 50 ms is about 320 MiB/s. */
const growMs = 50;
/** Also on a virtual machine that gives memory back slowly; with all else the demo stays under a minute. */
const recoveryMsMax = 40_000;
const stepMsMax = 15_000;
/** What a service manager waits before it starts a service again. */
const restartMs = 1000;
const lookMs = 1500;

/** The whole has to stay under a minute: only what failed early is tried once more. */
const secondTryWithinMs = 20_000;

/**
 * Plays the demo to its end; where another program's memory spoiled it early, once more. Throws NsomemError DEMO or
 * DEMO_NOISE saying what did not happen; leaves no process behind.
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
  let agent: Subprocess | undefined;
  let failure: unknown;
  try {
    const standIn = start();
    await standIn.ready;
    const limits = demoLimits(options.readCeilings(standIn.pid));
    if ("refusal" in limits) throw new NsomemError("DEMO", `the demo cannot run here: ${limits.refusal}`);
    writeConfig(stage, limits);
    options.say(introduction(standIn, limits));
    agent = startAgent(options.command, stage, standIn);
    await play({ ...options, stage, limits, agent, standIn, restart: start });
  } catch (error) {
    failure = error;
  } finally {
    if (agent) await stopAgent(agent);
    for (const standIn of standIns) await standIn.end();
  }
  const status = options.readStatus(`${stage.home}/status.json`);
  if (agent) options.say(account(stage, status));
  if (failure) throw failure;
  const broken = brokenPromises(status);
  if (broken.length > 0) throw new NsomemError("DEMO", `the demo did not show: ${broken.join(", ")}`);
}

interface Play extends DemoOptions {
  stage: Stage;
  limits: DemoLimits;
  agent: Subprocess;
  standIn: StandIn;
  restart: () => StandIn;
}

async function play(scene: Play): Promise<void> {
  const { standIn, limits } = scene;
  const capMib = Math.ceil((3 * limits.stepKib) / 1024);
  let heldMib = 0;
  const levelIs = (...wanted: Level[]) => {
    const level = statusOf(scene)?.memory.physical?.level;
    return level !== undefined && wanted.includes(level);
  };
  const growUntil = async (what: string, reached: () => boolean) => {
    while (!reached() && heldMib < capMib) {
      heldMib += pieceMib;
      standIn.hold(heldMib);
      await pause(scene, growMs);
    }
    await until(scene, what, reached);
  };

  await until(scene, "the agent's first reading", () => statusOf(scene)?.memory.physical !== undefined);
  if (!levelIs("normal")) throw noisy("memory was above the warning at the start");
  await pause(scene, lookMs);
  await growUntil("the warning", () => levelIs("warning", "critical"));
  if (levelIs("critical")) throw noisy("memory went from normal to critical at once");
  await until(scene, "the debug dumps", () => actionEnded(scene, "debug-dump"));
  await pause(scene, lookMs);
  await growUntil("the stand-in's end by SIGUSR1", standIn.hasExited);
  await pause(scene, restartMs);
  const successor = scene.restart();
  await until(
    scene,
    "the recovery",
    () => levelIs("normal") && statusOf(scene)?.nso?.pid === successor.pid,
    recoveryMsMax,
  );
  await pause(scene, lookMs);
}

function introduction(standIn: StandIn, limits: DemoLimits): string {
  return [
    `nsomem demo: a stand-in for NSO (PID ${standIn.pid}, labelled in its command line) takes real memory.`,
    `Limits for this run, just above what is in use now: warning ${limits.warningPercent} %, critical ${limits.criticalPercent} %.`,
    "A real agent watches that PID alone. It takes about half a minute; ^C ends it.",
    "",
  ].join("\n");
}

function startAgent(command: readonly string[], stage: Stage, standIn: StandIn): Subprocess {
  const { home, config } = stage;
  return Bun.spawn(
    [...command, "start", "--wait", "--pid", String(standIn.pid), "--home", home, "--config", config],
    { stdio: ["inherit", "inherit", "inherit"] },
  );
}

/** The way ^C does, so that it draws, closes and tells what it did. */
async function stopAgent(agent: Subprocess): Promise<void> {
  agent.kill("SIGINT");
  const ended = await Promise.race([agent.exited.then(() => true), Bun.sleep(stepMsMax).then(() => false)]);
  if (ended) return;
  agent.kill("SIGKILL");
  await agent.exited;
}

function statusOf({ readStatus, stage }: Play): Status | undefined {
  return readStatus(`${stage.home}/status.json`);
}

function actionEnded(scene: Play, name: string): boolean {
  const actions = statusOf(scene)?.actions ?? [];
  return actions.some(({ action, outcome }) => action === name && outcome !== "running");
}

async function until(scene: Play, what: string, reached: () => boolean, msMax = stepMsMax): Promise<void> {
  const endsMs = performance.now() + msMax;
  while (!reached()) {
    if (performance.now() > endsMs) throw noisy(`waited ${msMax / 1000} s in vain for ${what}`);
    await pause(scene, pollMs);
  }
}

/** Sleeps, unless the demo is over before its time. */
async function pause({ interrupted, agent, stage }: Play, ms: number): Promise<void> {
  if (interrupted.aborted) throw new NsomemError("DEMO", `interrupted; the files are in ${stage.home}`);
  if (agent.exitCode !== null || agent.signalCode !== null)
    throw new NsomemError("DEMO", `the agent ended early; see ${stage.home}/logs/agent.log`);
  await Bun.sleep(ms);
}

function noisy(what: string): NsomemError {
  const why = "is another program on this host taking or freeing memory? The demo needs a quiet moment";
  return new NsomemError("DEMO_NOISE", `${what}: ${why}`);
}
