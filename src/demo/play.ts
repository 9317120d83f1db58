/** The course of a demo: memory grows to warning and critical, the stand-in is dumped, another one starts. */

import { NsomemError } from "../core/errors.ts";
import type { Level } from "../core/level.ts";
import type { DemoAgent } from "./agent-process.ts";
import type { StandIn } from "./stand-in-process.ts";

export interface Scene {
  agent: DemoAgent;
  standIn: StandIn;
  /** Starts another stand-in, as a service manager starts NSO again. */
  restart: () => StandIn;
  /** Growth after which the demo gives up on critical. */
  growthKibMax: number;
  /** Throws NsomemError DEMO. */
  throwIfInterrupted: () => void;
}

const pollMs = 40;
const pieceMib = 16;
/** Between two pieces: 16 MiB each 50 ms is about 320 MiB/s. */
const growMs = 50;
/** Some virtual machines give memory back slowly. With everything else the demo still stays under a minute. */
const recoveryMsMax = 40_000;
const stepMsMax = 15_000;
/** What a service manager waits before it starts a service again. */
const restartMs = 1000;
const lookMs = 1500;

/** Throws NsomemError DEMO, or DEMO_NOISE when something did not happen because other programs moved the level. */
export async function play(scene: Scene): Promise<void> {
  const { agent, standIn } = scene;
  await until(scene, "the agent's first reading", () => levelOf(agent) !== undefined);
  if (levelOf(agent) !== "normal") throw noisy("memory was above the warning at the start");
  await pause(scene, lookMs);
  const growUntil = createGrowth(scene);
  await growUntil("the warning", () => levelOf(agent) === "warning" || levelOf(agent) === "critical");
  if (levelOf(agent) === "critical") throw noisy("memory went from normal to critical at once");
  await until(scene, "the debug dumps", () => actionEnded(agent, "debug-dump"));
  await pause(scene, lookMs);
  await growUntil("the stand-in's end by SIGUSR1", standIn.hasExited);
  await pause(scene, restartMs);
  const { pid } = scene.restart();
  const isRecovered = () => levelOf(agent) === "normal" && agent.status()?.nso?.pid === pid;
  await until(scene, "the recovery", isRecovered, recoveryMsMax);
  await pause(scene, lookMs);
}

/** Makes the stand-in take piece after piece until `reached`; what it took before stays taken. */
function createGrowth(scene: Scene): (what: string, reached: () => boolean) => Promise<void> {
  const growthMibMax = Math.ceil(scene.growthKibMax / 1024);
  let heldMib = 0;
  return async (what, reached) => {
    while (!reached() && heldMib < growthMibMax) {
      heldMib += pieceMib;
      scene.standIn.hold(heldMib);
      await pause(scene, growMs);
    }
    await until(scene, what, reached);
  };
}

function levelOf(agent: DemoAgent): Level | undefined {
  return agent.status()?.memory.physical?.level;
}

function actionEnded(agent: DemoAgent, name: string): boolean {
  const actions = agent.status()?.actions ?? [];
  return actions.some(({ action, outcome }) => action === name && outcome !== "running");
}

async function until(scene: Scene, what: string, reached: () => boolean, msMax = stepMsMax): Promise<void> {
  const endsMs = performance.now() + msMax;
  while (!reached()) {
    if (performance.now() > endsMs) throw noisy(`waited ${msMax / 1000} s in vain for ${what}`);
    await pause(scene, pollMs);
  }
}

/** Sleeps, unless the demo is over before its time. */
async function pause({ agent, throwIfInterrupted }: Scene, ms: number): Promise<void> {
  throwIfInterrupted();
  agent.requireRunning();
  await Bun.sleep(ms);
}

function noisy(what: string): NsomemError {
  const why = "is another program on this host taking or freeing memory? The demo needs a quiet moment";
  return new NsomemError("DEMO_NOISE", `${what}: ${why}`);
}
