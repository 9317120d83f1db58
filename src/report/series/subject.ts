/** Whose memory a recording shows: the host, the core, the JavaVM, each Python VM and all of them together. */

import type { ProcessGroup } from "../../core/reading.ts";
import type { HostSeries, ProcessSeries, Recording, RunMeta } from "../../core/recording.ts";
import { carryOf, pythonTotal } from "./python-total.ts";
import { type Series, seriesOf } from "./series.ts";

/** One process, or all Python VMs together. */
export interface Subject {
  /** Unique, and stable between runs: `core`, `javavm`, `pythonvm:bgworker`, `python-total`. */
  id: string;
  /** As people say it: `NSO core (ncs.smp)`. */
  label: string;
  /** Short, for a legend: `ncs.smp`. */
  name: string;
  pids: number[];
  rss: Series;
  allocated: Series;
  process?: ProcessSeries | undefined;
}

export interface HostSubject {
  memUsed: Series;
  memTotal: Series;
  committed: Series;
  commitLimit: Series;
}

export interface Subjects {
  host: HostSubject;
  core?: Subject | undefined;
  javaVm?: Subject | undefined;
  pythonVms: Subject[];
  pythonTotal?: Subject | undefined;
  /** What was true of the host during the last run. */
  meta?: RunMeta | undefined;
}

export function subjectsOf(recording: Recording): Subjects {
  const pythonVms = recording.processes.filter(({ group }) => group === "pythonvm");
  return {
    host: hostOf(recording.host, recording.thinnedMs),
    core: longest(recording, "core"),
    javaVm: longest(recording, "javavm"),
    pythonVms: pythonVms.map((vm) =>
      subjectOf(vm, `pythonvm:${vm.name}`, `Python VM ${vm.name}`, recording.thinnedMs),
    ),
    pythonTotal: totalOf(pythonVms, recording.thinnedMs),
    meta: recording.runs.at(-1)?.meta,
  };
}

/** Every process of a recording, the total before its parts. */
export function processSubjects({ core, javaVm, pythonTotal, pythonVms }: Subjects): Subject[] {
  return [core, javaVm, pythonTotal].filter((subject) => subject !== undefined).concat(pythonVms);
}

function hostOf(host: HostSeries, thinnedMs: number | undefined): HostSubject {
  return {
    memUsed: measured(host.atMs, host.memUsedKib, thinnedMs),
    memTotal: measured(host.atMs, host.memTotalKib, thinnedMs),
    committed: measured(host.atMs, host.committedKib, thinnedMs),
    commitLimit: measured(host.atMs, host.commitLimitKib, thinnedMs),
  };
}

/** Without the ticks of an imported log that had the other kind of memory alone. */
function measured(atMs: Float64Array, kib: Float64Array, thinnedMs?: number): Series {
  if (!kib.some(Number.isNaN)) return seriesOf(atMs, kib, thinnedMs);
  const isMeasured = (_: number, index: number) => !Number.isNaN(kib[index]);
  return seriesOf(atMs.filter(isMeasured), kib.filter(isMeasured), thinnedMs);
}

/** The one with the most samples: a core that was restarted under another name counts as two processes. */
function longest(recording: Recording, group: ProcessGroup): Subject | undefined {
  const [process] = recording.processes
    .filter((candidate) => candidate.group === group)
    .sort((a, b) => b.atMs.length - a.atMs.length);
  if (!process) return undefined;
  const label = group === "core" ? `NSO core (${process.name})` : "JavaVM";
  return subjectOf(process, group, label, recording.thinnedMs);
}

function subjectOf(process: ProcessSeries, id: string, label: string, thinnedMs?: number): Subject {
  return {
    id,
    label,
    name: process.name,
    pids: process.pids,
    rss: seriesOf(process.atMs, process.rssKib, thinnedMs),
    allocated: seriesOf(process.atMs, process.allocatedKib, thinnedMs),
    process,
  };
}

function totalOf(vms: readonly ProcessSeries[], thinnedMs: number | undefined): Subject | undefined {
  if (vms.length === 0) return undefined;
  const total = pythonTotal(vms, carryOf(vms, thinnedMs));
  const count = vms.length === 1 ? "1 VM" : `${vms.length} VMs`;
  return {
    id: "python-total",
    label: `All Python VMs (${count})`,
    name: "PythonVM(Total)",
    pids: vms.flatMap(({ pids }) => pids),
    rss: seriesOf(total.atMs, total.rssKib, thinnedMs),
    allocated: seriesOf(total.atMs, total.allocatedKib, thinnedMs),
  };
}
