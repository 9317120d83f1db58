/**
 * From the crossing of critical, seen by an independent watcher each millisecond, to SIGUSR1 in the core's hands.
 * The real binary, real memory, a native core that notes the nanosecond.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { physicalUse } from "../../src/core/meminfo.ts";
import { readMeminfo } from "../../src/linux/meminfo.ts";
import { startAgent } from "../e2e/agent.ts";
import { startCore } from "../lab/core.ts";
import { startEarlyoom } from "../lab/earlyoom.ts";
import { startGrower } from "../lab/grower.ts";
import { writeNcsCommand } from "../lab/ncs-command.ts";
import { type Crossing, startWatcher } from "../lab/watcher.ts";
import { prepareStrain, type StrainKind } from "./strain.ts";

/** One run. `latencyMs` is undefined when no signal came within the bound. */
export interface LatencyRun {
  latencyMs: number | undefined;
  /** What the growth really was. */
  mibPerSecond: number;
}

export interface LatencyPlan {
  mibPerSecond: number;
  runs: number;
  strain?: StrainKind;
  onRun?: (run: LatencyRun, index: number) => void;
}

/** How long the signal may take before a run counts as not delivered. The original toolset took up to 4.7 s. */
const deliveryMsMax = 10_000;
const attemptsMax = 5;
/** Growth lasts about this long from the start to critical, so that the agent is met in its slow cadence. */
const growthSeconds = 0.8;
const headroomMibMin = 400;
/**
 * Other programs' memory is on the host, too: a disk that is saturated moves the page cache by tens of MiB. What was above
 * the limit for less than the tool's least interval is not what the signal is for.
 */
const holdMs = 20;

export async function measureLatency(plan: LatencyPlan): Promise<LatencyRun[]> {
  const { mibPerSecond, runs, strain = "none", onRun } = plan;
  const results: LatencyRun[] = [];
  for (let index = 0; index < runs; index++) {
    const run = await oneRunInPeace(() => oneRun(mibPerSecond, strain));
    results.push(run);
    onRun?.(run, index);
  }
  return results;
}

/** Again where other programs' memory reached a limit before the growth began: that measured nothing. */
async function oneRunInPeace(oneRun: () => Promise<LatencyRun>): Promise<LatencyRun> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await oneRun();
    } catch (error) {
      const [reason] = String(error).split("\n");
      if (attempt === attemptsMax) throw error;
      console.log(`  not begun, tried again: ${reason}`);
    }
  }
}

async function oneRun(mibPerSecond: number, strainKind: StrainKind): Promise<LatencyRun> {
  const dir = mkdtempSync(join(tmpdir(), "nsomem-latency-"));
  const stops: (() => Promise<void>)[] = [
    () => Promise.resolve(rmSync(dir, { recursive: true, force: true })),
  ];
  const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
    stops.push(part.stop);
    return part;
  };
  try {
    const core = keep(await startCore({ cwd: dir }));
    const grower = keep(await startGrower({ boundSeconds: 60 }));
    const headroomMib = Math.max(headroomMibMin, mibPerSecond * growthSeconds);
    const capMib = Math.round(headroomMib * 1.5);
    const criticalPercent = percentAbove(headroomMib);
    const warningPercent = percentAbove(headroomMib / 2);
    const ncs = writeNcsCommand(join(dir, "bin"));
    ncs.behave("slow 2");
    const strain = keep(await prepareStrain(strainKind, { dir, home: join(dir, "home") }));
    // A virtual machine gives a page at its first touch at 300 MiB/s, and at full speed for 2 s after it was freed.
    await grower.warm(capMib);
    const agent = keep(
      startAgent({
        home: join(dir, "home"),
        config: config({ warningPercent, criticalPercent, ncs: ncs.path }),
        words: ["--pid", String(core.pid)],
      }),
    );
    await agent.statusWhen("the first reading", ({ memory }) => memory.physical?.level === "normal");
    // Stopped before the agent: it cannot end while calls of its hang on a frozen disk.
    keep(strain);
    await strain.begin();
    const watcher = keep(await startWatcher({ limitPercent: criticalPercent, holdMs }));
    const crossed = watcher.crossed(deliveryMsMax);
    const arrival = core.arrival(deliveryMsMax).catch(() => undefined);
    const [growth, crossing, signal] = await Promise.all([
      grower.grow({ mibPerSecond, capMib }),
      crossed,
      arrival,
    ]);
    const latencyMs = signal && latencyOf(crossing, signal.atNs);
    return { latencyMs, mibPerSecond: growth.mibPerSecond };
  } finally {
    for (const stop of stops.reverse()) await stop().catch(() => undefined);
  }
}

/** The same growth beside earlyoom, whose limit is the same. In turn with `measureLatency` of one run. */
export async function earlyoomRun(path: string, mibPerSecond: number): Promise<LatencyRun> {
  return await oneRunInPeace(async () => {
    const grower = await startGrower({ boundSeconds: 60 });
    const headroomMib = Math.max(headroomMibMin, mibPerSecond * growthSeconds);
    const capMib = Math.round(headroomMib * 1.5);
    const limitPercent = percentAbove(headroomMib);
    await grower.warm(capMib);
    const { limitKib } = physicalUse(readMeminfo("/proc"), "available");
    const earlyoom = await startEarlyoom(path, Math.floor((limitKib * (100 - limitPercent)) / 100));
    const watcher = await startWatcher({ limitPercent, holdMs });
    try {
      await Bun.sleep(1000);
      const acted = earlyoom.acted(deliveryMsMax).catch(() => undefined);
      const [growth, crossing, atMs] = await Promise.all([
        grower.grow({ mibPerSecond, capMib }),
        watcher.crossed(deliveryMsMax),
        acted,
      ]);
      const latencyMs =
        atMs === undefined ? undefined : latencyOf(crossing, BigInt(Math.round(atMs * 1000)) * 1000n);
      return { latencyMs, mibPerSecond: growth.mibPerSecond };
    } finally {
      for (const part of [watcher, earlyoom, grower]) await part.stop();
    }
  });
}

/** From the crossing that lasted; from the first one where the signal was for one that did not. */
function latencyOf({ atNs, firstNs }: Crossing, actedNs: bigint): number {
  return Number(actedNs - (actedNs < atNs ? firstNs : atNs)) / 1e6;
}

function percentAbove(headroomMib: number): number {
  const { usedKib, limitKib } = physicalUse(readMeminfo("/proc"), "available");
  return Math.ceil(((usedKib + headroomMib * 1024) * 10_000) / limitKib) / 100;
}

/** The default actions, at a warning half-way: at critical the agent is in the middle of its debug dumps. */
function config(limits: { warningPercent: number; criticalPercent: number; ncs: string }): string {
  return [
    "[physical]",
    `warning_percent = ${limits.warningPercent}`,
    `critical_percent = ${limits.criticalPercent}`,
    "[nso]",
    `command = "${limits.ncs}"`,
  ].join("\n");
}
