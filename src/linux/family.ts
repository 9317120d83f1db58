/** The JavaVM and the Python VMs of one core, with the children that those started. */

import { classify, isStandIn } from "../core/nso.ts";
import type { ProcessGroup } from "../core/reading.ts";
import type { Core } from "./nso.ts";
import { listPids, type ProcessIdentity, readArgv, readOptional, readStat } from "./procfs.ts";

/** One process beside the core. A Python VM's multiprocessing children count as Python VMs. */
export interface Relative extends ProcessIdentity {
  group: Exclude<ProcessGroup, "core">;
  name: string;
}

/** What a table of all processes knows of each. */
interface Row extends ProcessIdentity {
  ppid: number;
  argv: string[];
}

/**
 * Every VM of `core`: those that descend from it, and where it is the only core on this host, or in its cgroup, also
 * those of no core there (a VM that was started by hand). nsomem's own stand-in for a core takes in none. Two small
 * reads per process of the host.
 */
export function findFamily(procDir: string, core: Core): Relative[] {
  const rows = readTable(procDir);
  const found = [...rows.values()].flatMap((row) => {
    const nso = classify(row.argv);
    return nso ? [{ row, ...nso }] : [];
  });
  const cores = found.filter(({ group }) => group === "core").map(({ row }) => row.pid);
  const mayAdopt = isStandIn(core.argv) ? () => false : adoption(procDir, core.pid, cores);
  const vms = found.flatMap(({ row, group, name }): Relative[] => {
    if (group === "core") return [];
    const parent = cores.find((pid) => descendsFrom(rows, row, pid));
    const isOurs = parent === undefined ? mayAdopt(row.pid) : parent === core.pid;
    return isOurs ? [{ pid: row.pid, startTicks: row.startTicks, group, name }] : [];
  });
  const known = new Set(vms.map(({ pid }) => pid));
  const children = [...rows.values()].flatMap((row): Relative[] => {
    const vm = known.has(row.pid) ? undefined : vms.find(({ pid }) => descendsFrom(rows, row, pid));
    if (!vm) return [];
    return [{ pid: row.pid, startTicks: row.startTicks, group: vm.group, name: `${vm.name} child` }];
  });
  return [...vms, ...children];
}

/** Whether a VM without a core above it belongs to `corePid`: nobody else's core is near. */
function adoption(procDir: string, corePid: number, cores: readonly number[]): (pid: number) => boolean {
  const others = cores.filter((pid) => pid !== corePid);
  if (others.length === 0) return () => true;
  const cgroupOf = (pid: number) => readOptional(`${procDir}/${pid}/cgroup`) ?? "";
  const own = cgroupOf(corePid);
  if (own === "" || others.some((pid) => cgroupOf(pid) === own)) return () => false;
  return (pid) => cgroupOf(pid) === own;
}

function readTable(procDir: string): Map<number, Row> {
  const rows = new Map<number, Row>();
  for (const pid of listPids(procDir)) {
    const stat = readStat(procDir, pid);
    if (!stat || stat.state === "Z" || stat.state === "X") continue;
    rows.set(pid, {
      pid,
      ppid: stat.ppid,
      startTicks: stat.startTicks,
      argv: readArgv(procDir, pid) ?? [],
    });
  }
  return rows;
}

/** Ancestry is at most this deep; a table read while processes come and go might hold a ring. */
const depthMax = 64;

function descendsFrom(rows: ReadonlyMap<number, Row>, row: Row, ancestorPid: number): boolean {
  let at: Row | undefined = row;
  for (let depth = 0; at && depth < depthMax; depth++) {
    if (at.ppid === ancestorPid) return true;
    at = rows.get(at.ppid);
  }
  return false;
}
