/** What the agent and its tool take while they watch a BEAM, a JVM and three Python VMs: CPU, RSS, commit. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMeminfo } from "../../src/linux/meminfo.ts";
import { type Agent, startAgent } from "../e2e/agent.ts";
import { startBeam } from "../lab/beam.ts";
import { withOvercommit } from "../lab/overcommit.ts";
import { startJvm, startPythonVm } from "../lab/vm.ts";
import { percentile } from "./figure.ts";

export interface Resources {
  /** Of one core, agent and tool together. */
  cpuPercent: number;
  agentRssMib: number;
  toolRssMib: number;
  /** Proportional: pages shared with other processes count in part. */
  pssMib: number;
}

export const ticksPerSecond = 100; // USER_HZ, the same on every Linux that Bun runs on
/** The first seconds go into compiling what runs each second; a service runs for months. */
const warmUpMs = 20_000;
const settleMs = 3000;

/** Over `seconds` at the tool's slowest cadence: limits far away. */
export async function measureResources({ seconds }: { seconds: number }): Promise<Resources> {
  return await withAgent(async (_, pids) => {
    await Bun.sleep(warmUpMs);
    const before = cpuTicks(pids);
    await Bun.sleep(seconds * 1000);
    const ticks = cpuTicks(pids) - before;
    const [agentRssMib, toolRssMib] = pids.map(rssMib);
    return {
      cpuPercent: (100 * ticks) / ticksPerSecond / seconds,
      agentRssMib: agentRssMib ?? Number.NaN,
      toolRssMib: toolRssMib ?? Number.NaN,
      pssMib: pids.reduce((sum, pid) => sum + pssMib(pid), 0),
    };
  });
}

/** `run` gets an agent beside NSO that has measured all of it, and the PIDs of the agent and its tool. */
export async function withAgent<T>(run: (agent: Agent, pids: number[]) => Promise<T>): Promise<T> {
  return await withNso(async (dir, corePid) => {
    const agent = startAgent({ home: join(dir, "home"), words: ["--pid", String(corePid)] });
    try {
      return await run(agent, await agentAndTool(agent));
    } finally {
      await agent.stop();
    }
  });
}

export interface Commit {
  /** What the kernel accounts to the agent and the tool, from their own mappings: exact. */
  accountedMib: number;
  /** By how much Committed_AS of the host rose, whatever else ran on it: the median of the runs. */
  hostRoseMib: number;
}

/** What a running agent with its tool adds to Committed_AS with vm.overcommit_memory=2. */
export async function measureCommit({ runs }: { runs: number }): Promise<Commit> {
  // A ratio far above need: the whole host lives under this limit for the time of the measurement.
  return await withOvercommit({ mode: 2, ratio: 1000 }, () =>
    withNso(async (dir, corePid) => {
      const accounted: number[] = [];
      const rose: number[] = [];
      for (let run = 0; run < runs; run++) {
        const before = committedKib();
        const agent = startAgent({ home: join(dir, `home${run}`), words: ["--pid", String(corePid)] });
        try {
          const pids = await agentAndTool(agent);
          await Bun.sleep(settleMs);
          rose.push((committedKib() - before) / 1024);
          accounted.push(pids.reduce((sum, pid) => sum + accountedMib(pid), 0));
        } finally {
          await agent.stop();
        }
      }
      return { accountedMib: Math.max(...accounted), hostRoseMib: percentile(rose, 0.5) };
    }),
  );
}

/** The mappings with the flag `ac`, "area is accountable": what Committed_AS is the sum of. See proc(5), smaps. */
function accountedMib(pid: number): number {
  const mappings = readFileSync(`/proc/${pid}/smaps`, "utf8").split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const kib = mappings
    .filter((mapping) => /^VmFlags:.* ac\b/m.test(mapping))
    .map((mapping) => Number(/^Size:\s*(\d+)/m.exec(mapping)?.[1]));
  return kib.reduce((sum, size) => sum + size, 0) / 1024;
}

async function withNso<T>(run: (dir: string, corePid: number) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), "nsomem-bench-"));
  const parts: { stop(): Promise<void> }[] = [];
  try {
    const beam = await startBeam({ dir: join(dir, "run") });
    parts.push(beam, await startJvm());
    for (const name of ["bgworker", "resource-manager", "l3vpn"]) parts.push(await startPythonVm({ name }));
    return await run(dir, beam.pid);
  } finally {
    for (const part of parts) await part.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function agentAndTool(agent: Agent): Promise<number[]> {
  const { pid, tool } = await agent.statusWhen(
    "five processes measured",
    ({ processes }) => processes.length >= 5,
  );
  return tool.pid === null ? [pid] : [pid, tool.pid];
}

/** User and system time of the processes and of the children they waited for. */
export function cpuTicks(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return sum + fields.slice(11, 15).reduce((ticks, field) => ticks + Number(field), 0);
  }, 0);
}

export function rssMib(pid: number): number {
  return Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

function pssMib(pid: number): number {
  return Number(/^Pss:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1]) / 1024;
}

function committedKib(): number {
  return readMeminfo("/proc").committedKib ?? Number.NaN;
}
