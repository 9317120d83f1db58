/** What the measuring tool alone takes of a core: on an ordinary host, among 2,000 processes, and at its fastest. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMeminfo } from "../../src/linux/meminfo.ts";
import { startBeam } from "../lab/beam.ts";
import { startJvm, startPythonVm } from "../lab/vm.ts";

/** In percent of one core. */
export interface ToolCpu {
  /** At 1 Hz beside a core, a JVM, and three Python VMs. */
  ordinaryPercent: number;
  /** The same with 2,000 other processes. */
  crowdedPercent: number;
  /** Measuring every 20 ms, as it does within 120 MiB of a limit. */
  fastPercent: number;
}

const script = join(import.meta.dir, "../../src/tool/plot.sh");
const ticksPerSecond = 100; // USER_HZ, the same on every Linux that Bun runs on
const crowd = 2000;
/** Past the first look at every process, and the second looks at the young. */
const settleMs = 8000;

/** Each figure over `seconds`. */
export async function measureToolCpu({ seconds = 30 } = {}): Promise<ToolCpu> {
  const dir = mkdtempSync(join(tmpdir(), "nsomem-tool-cpu-"));
  const parts: { stop(): Promise<void> }[] = [];
  try {
    const beam = await startBeam({ dir });
    parts.push(beam, await startJvm());
    for (const name of ["bgworker", "resource-manager", "l3vpn"]) parts.push(await startPythonVm({ name }));
    const unhurried = { NSOMEM_CORE_PID: String(beam.pid), NSOMEM_INTERVAL_MS_MIN: "1000" };
    const ordinaryPercent = await cpuPercent(unhurried, seconds);
    const fastPercent = await cpuPercent(
      { NSOMEM_CORE_PID: String(beam.pid), ...limitsCloseAbove() },
      seconds,
    );
    const others = await startCrowd();
    try {
      return { ordinaryPercent, fastPercent, crowdedPercent: await cpuPercent(unhurried, seconds) };
    } finally {
      process.kill(-others.pid, "SIGKILL");
      await others.exited;
    }
  } finally {
    for (const part of parts) await part.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A warning 60 MiB above the memory in use and a critical 60 MiB above that: 20 ms on either side of the first. */
function limitsCloseAbove(): Record<string, string> {
  const { memTotalKib, memAvailableKib } = readMeminfo("/proc");
  const percentWith = (moreMib: number) =>
    ((100 * (memTotalKib - memAvailableKib + moreMib * 1024)) / memTotalKib).toFixed(2);
  return {
    NSOMEM_PHYSICAL_WARNING_PERCENT: percentWith(60),
    NSOMEM_PHYSICAL_CRITICAL_PERCENT: percentWith(120),
  };
}

/** Resolves when all of them have started. */
async function startCrowd() {
  const program = `for ((i = 0; i < ${crowd}; i++)); do sleep 600 >&- & done; echo ready; wait`;
  const others = Bun.spawn(["bash", "-c", program], {
    stdio: ["ignore", "pipe", "ignore"],
    detached: true, // a group of its own, to be ended as one
  });
  await others.stdout.getReader().read();
  return others;
}

async function cpuPercent(env: Record<string, string>, seconds: number): Promise<number> {
  const tool = Bun.spawn(["bash", script, "-v", "-m"], {
    env: { PATH: process.env.PATH, NSOMEM_DATA: "none", NSOMEM_WAIT_FD: "0", ...env },
    stdio: ["pipe", "ignore", "inherit"],
  });
  try {
    await Bun.sleep(settleMs);
    const before = cpuTicks(tool.pid);
    const startMs = performance.now();
    await Bun.sleep(seconds * 1000);
    return (100 * (cpuTicks(tool.pid) - before)) / ticksPerSecond / ((performance.now() - startMs) / 1000);
  } finally {
    tool.stdin.end();
    await tool.exited;
  }
}

/** utime + stime; see proc(5). */
function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

if (import.meta.main) console.log(await measureToolCpu());
