/** Whose memory a recording shows: the host, the core, the JavaVM, each Python VM and all of them together. */

import { hostLimitOf, hostWithoutHugePages } from "../../core/ceiling-name.ts";
import { groups, type ProcessGroup } from "../../core/group.ts";
import type { HostSeries, KibColumn, ProcessSeries, Recording, RunMeta } from "../../core/recording.ts";
import { everythingElse } from "./everything-else.ts";
import { carryOf, processTotal } from "./process-total.ts";
import { type Series, seriesOf } from "./series.ts";

/** One process, or all Python VMs together. */
export interface Subject {
  /** Unique, and stable between runs: `core`, `javavm`, `pythonvm:bgworker`, `python-total`. */
  id: string;
  /** As people say it: `NSO core (ncs.smp)`. */
  label: string;
  group: ProcessGroup;
  /** Short, for a legend: `ncs.smp`. */
  name: string;
  pids: number[];
  rss: Series;
  allocated: Series;
  process?: ProcessSeries | undefined;
}

/** Memory that NSO could get: without the huge pages, which the history counts as used (facts 2.7). */
export interface HostSubject {
  memUsed: Series;
  memTotal: Series;
  /** What `memTotal` is then called. */
  memTotalName: string;
  committed: Series;
  commitLimit: Series;
}

/** The limit of a cgroup while it bound, and what was used of it. */
export interface CeilingSubject {
  name: string;
  used: Series;
  limit: Series;
}

export interface Subjects {
  host: HostSubject;
  /** The one that bound for longest first. */
  ceilings: CeilingSubject[];
  core?: Subject | undefined;
  javaVm?: Subject | undefined;
  pythonVms: Subject[];
  pythonTotal?: Subject | undefined;
  /** Used memory of the host that is none of NSO's processes. */
  everythingElse?: Series | undefined;
  /** What was true of the host during the last run. */
  meta?: RunMeta | undefined;
}

export function subjectsOf(recording: Recording): Subjects {
  const pythonVms = recording.processes.filter(({ group }) => group === "pythonvm");
  const meta = recording.runs.at(-1)?.meta;
  const hugePagesKib = meta?.hugePagesKib ?? 0;
  const { thinnedMs } = recording;
  return {
    host: hostOf(recording.host, hugePagesKib, thinnedMs),
    ceilings: ceilingsOf(recording),
    core: longest(recording, "core"),
    javaVm: longest(recording, "javavm"),
    pythonVms: pythonVms.map((vm) => subjectOf(vm, thinnedMs)),
    pythonTotal: totalOf(pythonVms, thinnedMs),
    everythingElse: everythingElse(recording.host, recording.processes, { hugePagesKib, thinnedMs }),
    meta,
  };
}

/** Every process of a recording, the total before its parts. */
export function processSubjects({ core, javaVm, pythonTotal, pythonVms }: Subjects): Subject[] {
  return [core, javaVm, pythonTotal].filter((subject) => subject !== undefined).concat(pythonVms);
}

function hostOf(host: HostSeries, hugePagesKib: number, thinnedMs: number | undefined): HostSubject {
  const withoutHugePages = (kib: KibColumn) =>
    hugePagesKib === 0 ? kib : kib.map((value) => Math.max(0, value - hugePagesKib));
  return {
    memUsed: measured(host.atMs, withoutHugePages(host.memUsedKib), thinnedMs),
    memTotal: measured(host.atMs, withoutHugePages(host.memTotalKib), thinnedMs),
    memTotalName: hugePagesKib === 0 ? hostLimitOf.physical : hostWithoutHugePages,
    committed: measured(host.atMs, host.committedKib, thinnedMs),
    commitLimit: measured(host.atMs, host.commitLimitKib, thinnedMs),
  };
}

function ceilingsOf({ ceilings = [], thinnedMs }: Recording): CeilingSubject[] {
  return ceilings
    .toSorted((a, b) => b.atMs.length - a.atMs.length)
    .map(({ name, atMs, usedKib, limitKib }) => ({
      name,
      used: measured(atMs, usedKib, thinnedMs),
      limit: measured(atMs, limitKib, thinnedMs),
    }));
}

/** Without the ticks of an imported log that had the other kind of memory alone. */
function measured(atMs: Float64Array, kib: KibColumn, thinnedMs?: number): Series {
  if (!kib.some(Number.isNaN)) return seriesOf(atMs, kib, thinnedMs);
  const isMeasured = (_: number, index: number) => !Number.isNaN(kib[index]);
  return seriesOf(atMs.filter(isMeasured), kib.filter(isMeasured), thinnedMs);
}

/** The one with the most samples: a core that was restarted under another name counts as two processes. */
function longest(recording: Recording, group: ProcessGroup): Subject | undefined {
  const [process] = recording.processes
    .filter((candidate) => candidate.group === group)
    .sort((a, b) => b.atMs.length - a.atMs.length);
  return process && subjectOf(process, recording.thinnedMs);
}

function subjectOf(process: ProcessSeries, thinnedMs?: number): Subject {
  return {
    ...titleOf(process),
    group: process.group,
    name: process.name,
    pids: process.pids,
    rss: seriesOf(process.atMs, process.rssKib, thinnedMs),
    allocated: seriesOf(process.atMs, process.allocatedKib, thinnedMs),
    process,
  };
}

/** By group: a new one needs a place among the subjects too. */
function titleOf({ group, name }: ProcessSeries): Pick<Subject, "id" | "label"> {
  switch (group) {
    case "core":
      return { id: "core", label: `NSO core (${name})` };
    case "javavm":
      return { id: "javavm", label: groups.javavm.label };
    case "pythonvm":
      return { id: `pythonvm:${name}`, label: `${groups.pythonvm.label} ${name}` };
  }
}

function totalOf(vms: readonly ProcessSeries[], thinnedMs: number | undefined): Subject | undefined {
  if (vms.length === 0) return undefined;
  const total = processTotal(vms, carryOf(vms, thinnedMs));
  const count = vms.length === 1 ? "1 VM" : `${vms.length} VMs`;
  return {
    id: "python-total",
    group: "pythonvm",
    label: `All Python VMs (${count})`,
    name: "PythonVM(Total)",
    pids: vms.flatMap(({ pids }) => pids),
    rss: seriesOf(total.atMs, total.rssKib, thinnedMs),
    allocated: seriesOf(total.atMs, total.allocatedKib, thinnedMs),
  };
}
