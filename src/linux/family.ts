/** The JavaVM and the Python VMs of one core, with the children that those started. */

import type { ProcessGroup } from "../core/group.ts";
import { classify, isStandIn } from "../core/nso.ts";
import { type Core, withoutForkedCopies } from "./nso.ts";
import { type ProcessRow, type ProcessRows, readProcessRows } from "./process-table.ts";
import { type ProcessIdentity, readOptional, readUid } from "./procfs.ts";

/** One process beside the core. A Python VM's multiprocessing children count as Python VMs. */
export interface Relative extends ProcessIdentity {
  group: Exclude<ProcessGroup, "core">;
  name: string;
  /** The PID of the VM that a child descends from, or that a VM is a forked copy of; undefined for a VM. */
  childOf?: number;
}

type KnownCore = Pick<Core, "pid" | "argv">;

/**
 * Every VM of `core`: those that descend from it, and where it is its user's only core on this host, or in its cgroup,
 * also those of that user without a core (a VM that was started by hand). Whoever may start a process can give it the
 * arguments of a VM: one of another user is nobody's. A stand-in of nsomem's own adopts none and is nobody's rival.
 * `rows` are all processes of the host. plot.sh decides the same; one table of process trees tests both.
 */
export function findFamily(
  procDir: string,
  core: Core,
  rows: ProcessRows = readProcessRows(procDir),
): Relative[] {
  const found = [...rows.values()].flatMap((row) => {
    const nso = classify(row.argv);
    return nso ? [{ row, ...nso }] : [];
  });
  const others = withoutForkedCopies(
    found.filter(({ group }) => group === "core").map(({ row }) => row),
    ({ ppid }) => ppid,
  );
  const cores = new Map<number, KnownCore>(others.map((row) => [row.pid, row])).set(core.pid, core);
  const mayAdopt = adoption(procDir, core, cores);
  const vms = found.flatMap(({ row, group, name }): Relative[] => {
    if (group === "core") return [];
    const owner = nearestAbove(rows, row, cores);
    const isOurs = owner ? owner.pid === core.pid : mayAdopt(row.pid);
    return isOurs ? [{ pid: row.pid, startTicks: row.startTicks, group, name }] : [];
  });
  const vmByPid = new Map(vms.map((vm) => [vm.pid, vm]));
  for (const vm of vms) {
    const copyOf = forkedFrom(rows, vm, vmByPid);
    if (copyOf !== undefined) vm.childOf = copyOf;
  }
  const children = [...rows.values()].flatMap((row): Relative[] => {
    const vm = vmByPid.has(row.pid) ? undefined : nearestAbove(rows, row, vmByPid);
    if (!vm) return [];
    const { pid, startTicks } = row;
    const childOf = vm.childOf ?? vm.pid;
    return [{ pid, startTicks, group: vm.group, name: `${vm.name} child`, childOf }];
  });
  return [...vms, ...children];
}

/** Whether a VM without a core above it belongs to `core`: it has the same user, and no other core of his is near. */
function adoption(
  procDir: string,
  core: Core,
  cores: ReadonlyMap<number, KnownCore>,
): (pid: number) => boolean {
  if (isStandIn(core.argv)) return () => false;
  const isOfUser = (pid: number) => readUid(procDir, pid) === core.uid;
  const rivals = [...cores.values()].filter(
    ({ pid, argv }) => pid !== core.pid && !isStandIn(argv) && isOfUser(pid),
  );
  if (rivals.length === 0) return isOfUser;
  const cgroupOf = (pid: number) => readOptional(`${procDir}/${pid}/cgroup`) ?? "";
  const own = cgroupOf(core.pid);
  if (own === "" || rivals.some(({ pid }) => cgroupOf(pid) === own)) return () => false;
  return (pid) => cgroupOf(pid) === own && isOfUser(pid);
}

/** The VM that this one is a fork of: until it executes something else, a child has the arguments of its VM. */
function forkedFrom(
  rows: ProcessRows,
  { pid, group, name }: Relative,
  vms: ReadonlyMap<number, Relative>,
): number | undefined {
  let original: number | undefined;
  let at = rows.get(pid);
  for (let depth = 0; at && depth < depthMax; depth++) {
    const above = nearestAbove(rows, at, vms);
    if (above?.group !== group || above.name !== name) return original;
    original = above.pid;
    at = rows.get(above.pid);
  }
  return original;
}

/** Ancestry is at most this deep; a table read while processes come and go might hold a ring. */
const depthMax = 64;

/** The nearest ancestor among `known`, or undefined. */
function nearestAbove<T>(rows: ProcessRows, row: ProcessRow, known: ReadonlyMap<number, T>): T | undefined {
  let at: ProcessRow | undefined = row;
  for (let depth = 0; at && depth < depthMax; depth++) {
    const ancestor = known.get(at.ppid);
    if (ancestor) return ancestor;
    at = rows.get(at.ppid);
  }
  return undefined;
}
