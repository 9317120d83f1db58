/** `make bench`: every figure from one run, each beside the bar it is held to. Exit 1 when a bar is missed. */

import { findEarlyoom } from "../lab/earlyoom.ts";
import { overcommitMissing } from "../lab/overcommit.ts";
import { measureCommands } from "./commands.ts";
import { dumpFigures } from "./dump.ts";
import { atMost, type Figure, percentile, table } from "./figure.ts";
import { importFigures } from "./import.ts";
import { earlyoomRun, type LatencyRun, measureLatency } from "./latency.ts";
import { reportFigures } from "./report.ts";
import { measureCommit, measureResources } from "./resources.ts";
import { measureScrapes } from "./scrape.ts";
import type { StrainKind } from "./strain.ts";
import { measureToolCpu } from "./tool-cpu.ts";

const latencyRuns = 40;
const originalLatency = "1.1 to 4.7 s in 4 of 10 runs, never in 6";

/** By the names that `make bench ONLY="idle dump"` takes. */
const parts: Record<string, () => Promise<Figure[]>> = {
  idle: () => latencyFigures({ mibPerSecond: 400, original: originalLatency }),
  fast: () => latencyFigures({ mibPerSecond: 2000 }),
  busy: () => latencyFigures({ mibPerSecond: 400, strain: "cpu" }),
  saturated: () => latencyFigures({ mibPerSecond: 400, strain: "disk" }),
  frozen: () => latencyFigures({ mibPerSecond: 400, strain: "frozen" }),
  earlyoom: () => rivalFigures(400),
  resources: resourceFigures,
  tool: toolFigures,
  commit: commitFigures,
  commands: commandFigures,
  metrics: metricsFigures,
  report: reportFigures,
  dump: dumpFigures,
  import: importFigures,
};

/** How it is told in the table, and what is asked of it there in ms. */
const strains: Record<StrainKind, { told: string; p50Max?: number; p99Max: number }> = {
  none: { told: "", p50Max: 13, p99Max: 30 },
  cpu: { told: ", both cores busy with 4 loops", p99Max: 100 },
  disk: { told: ", disk saturated", p99Max: 100 },
  frozen: { told: ", file system frozen", p99Max: 100 },
};

interface LatencyRow {
  mibPerSecond: number;
  strain?: StrainKind;
  original?: string;
}

async function latencyFigures({ mibPerSecond, strain = "none", original }: LatencyRow): Promise<Figure[]> {
  const { told, p50Max, p99Max } = strains[strain];
  const name = `signal at ${mibPerSecond} MiB/s${told}`;
  console.log(`critical crossed → SIGUSR1 received: ${name}, ${latencyRuns} runs`);
  const runs = await measureLatency({ mibPerSecond, strain, runs: latencyRuns, onRun: tellRun });
  const delivered = deliveredMs(runs);
  const ratesMibPerSecond = runs.map((run) => run.mibPerSecond);
  const p50 = percentile(delivered, 0.5);
  return [
    {
      name: `${name}: delivered`,
      value: `${delivered.length} of ${runs.length}`,
      bar: "all",
      met: delivered.length === runs.length,
      ...(original === undefined ? {} : { original }),
    },
    {
      name: "  growth, median and slowest",
      value: `${percentile(ratesMibPerSecond, 0.5).toFixed(0)}, ${Math.min(...ratesMibPerSecond).toFixed(0)} MiB/s`,
    },
    p50Max === undefined
      ? { name: "  p50", value: `${p50.toFixed(1)} ms` }
      : atMost("  p50", p50, p50Max, "ms"),
    atMost("  p99", percentile(delivered, 0.99), p99Max, "ms"),
  ];
}

const rivalRuns = 20;

/** nsomem and earlyoom in turn, on the same growth and the same limit. */
async function rivalFigures(mibPerSecond: number): Promise<Figure[]> {
  const name = `beside earlyoom at ${mibPerSecond} MiB/s`;
  const found = findEarlyoom();
  if ("missing" in found) return [{ name, value: `not measured: ${found.missing}` }];
  console.log(`${name}, in turn, ${rivalRuns} runs each`);
  const own: LatencyRun[] = [];
  const rival: LatencyRun[] = [];
  for (let index = 0; index < rivalRuns; index++) {
    own.push(...(await measureLatency({ mibPerSecond, runs: 1 })));
    rival.push(await earlyoomRun(found.path, mibPerSecond));
  }
  const [ours, theirs] = [deliveredMs(own), deliveredMs(rival)];
  const told = (all: readonly LatencyRun[], ms: readonly number[]) =>
    `${percentile(ms, 0.5).toFixed(0)}, ${Math.max(...ms).toFixed(0)} ms (${ms.length} of ${all.length})`;
  const isAhead = percentile(ours, 0.5) < percentile(theirs, 0.5) && Math.max(...ours) < Math.max(...theirs);
  return [
    {
      name: `${name}: nsomem, median and slowest`,
      value: told(own, ours),
      bar: "ahead in both",
      met: isAhead,
    },
    { name: "  earlyoom, to its would-be SIGTERM", value: told(rival, theirs) },
  ];
}

function deliveredMs(runs: readonly LatencyRun[]): number[] {
  return runs.flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : [latencyMs]));
}

function tellRun({ latencyMs, mibPerSecond }: LatencyRun, index: number): void {
  const outcome = latencyMs === undefined ? "NOT DELIVERED" : `${latencyMs.toFixed(1)} ms`;
  console.log(`  run ${String(index + 1).padStart(2)}: ${outcome} (growth ${mibPerSecond.toFixed(0)} MiB/s)`);
}

async function resourceFigures(): Promise<Figure[]> {
  console.log("CPU and memory over 60 s beside a BEAM, a JVM and three Python VMs");
  const { cpuPercent, agentRssMib, toolRssMib, pssMib } = await measureResources({ seconds: 60 });
  return [
    atMost("CPU of agent and tool at 1 Hz", cpuPercent, 0.5, "% of a core", "193 % of a core"),
    atMost("RSS of agent and tool", (agentRssMib + toolRssMib) * 1.048576, 60, "MB"),
    { name: "  agent, tool", value: `${agentRssMib.toFixed(1)}, ${toolRssMib.toFixed(1)} MiB` },
    atMost("  proportional (Pss)", pssMib, 50, "MiB"),
  ];
}

async function toolFigures(): Promise<Figure[]> {
  console.log("CPU of the tool alone, three times 30 s");
  const { ordinaryPercent, crowdedPercent, fastPercent } = await measureToolCpu();
  return [
    atMost("CPU of the tool alone at 1 Hz", ordinaryPercent, 0.6, "% of a core"),
    atMost("  among 2,000 other processes", crowdedPercent, 2, "% of a core"),
    { name: "  at its fastest, each 20 ms", value: `${fastPercent.toFixed(2)} % of a core` },
  ];
}

async function commitFigures(): Promise<Figure[]> {
  const name = "Committed_AS added, vm.overcommit_memory=2";
  const lacking = overcommitMissing();
  if (lacking) return [{ name, value: `not measured: ${lacking}` }];
  console.log("Committed_AS with vm.overcommit_memory=2 (put back afterwards)");
  const { accountedMib, hostRoseMib } = await measureCommit({ runs: 3 });
  return [
    atMost(name, accountedMib, 150, "MiB"),
    { name: "  the host's rose by (with whatever else ran)", value: `${hostRoseMib.toFixed(0)} MiB` },
  ];
}

async function commandFigures(): Promise<Figure[]> {
  console.log("time of commands, medians of 20");
  const { versionMs, statusMs, startMs } = await measureCommands({ runs: 20 });
  return [
    atMost("status", statusMs, 50, "ms"),
    { name: "--version", value: `${versionMs.toFixed(1)} ms` },
    atMost("start --daemon until ready", startMs, 700, "ms"),
  ];
}

async function metricsFigures(): Promise<Figure[]> {
  console.log("CPU of nsomem metrics --listen, 60 scrapes beside a BEAM, a JVM and three Python VMs");
  const { cpuMs, rssMib, series } = await measureScrapes({ scrapes: 60 });
  return [
    atMost("a scrape, CPU of the process", cpuMs, 5, "ms"),
    { name: "  series of this host, RSS of the process", value: `${series}, ${rssMib.toFixed(0)} MiB` },
  ];
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => parts[name] === undefined);
if (unknown.length > 0) {
  console.error(`bench: no part "${unknown.join(" ")}"; there are ${Object.keys(parts).join(" ")}`);
  process.exit(2);
}
const figures: Figure[] = [];
for (const [name, measure] of Object.entries(parts))
  if (wanted.length === 0 || wanted.includes(name)) figures.push(...(await measure()));
console.log(`\n${table(figures)}`);
process.exit(figures.some(({ met }) => met === false) ? 1 : 0);
