/** The JavaVM and the Python VMs of one core, with the children that those started. */

import { classify } from "../core/nso.ts";
import type { ProcessGroup } from "../core/reading.ts";
import type { Core } from "./nso.ts";
import { listPids, type ProcessIdentity, readArgv, readStat } from "./procfs.ts";

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
 * Every VM of `core`: those that descend from it, and where it is the only core on this host all others too (a VM
 * that was started by hand). Two small reads per process of the host.
 */
export function findFamily(procDir: string, core: Core): Relative[] {
  const rows = readTable(procDir);
  const only = [...rows.values()].filter((row) => classify(row.argv)?.group === "core").length <= 1;
  const relatives = new Map<number, Relative>();
  for (const row of rows.values()) {
    const found = classify(row.argv);
    if (!found || found.group === "core") continue;
    if (only || descendsFrom(rows, row, (pid) => pid === core.pid))
      relatives.set(row.pid, {
        pid: row.pid,
        startTicks: row.startTicks,
        group: found.group,
        name: found.name,
      });
  }
  const vms = [...relatives.values()];
  for (const row of rows.values()) {
    if (relatives.has(row.pid)) continue;
    const vm = vms.find(({ pid }) => descendsFrom(rows, row, (ancestor) => ancestor === pid));
    if (vm)
      relatives.set(row.pid, {
        pid: row.pid,
        startTicks: row.startTicks,
        group: vm.group,
        name: `${vm.name} child`,
      });
  }
  return [...relatives.values()];
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

function descendsFrom(
  rows: ReadonlyMap<number, Row>,
  row: Row,
  isAncestor: (pid: number) => boolean,
): boolean {
  let at: Row | undefined = row;
  for (let depth = 0; at && depth < depthMax; depth++) {
    if (isAncestor(at.ppid)) return true;
    at = rows.get(at.ppid);
  }
  return false;
}
