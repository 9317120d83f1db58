/** The charts of report.html and the series they need. */

import { groups } from "../../core/group.ts";
import type { MemoryKind } from "../../core/reading.ts";
import type { Recording } from "../../core/recording.ts";
import { highestIn } from "../series/column.ts";
import { recordedLimits } from "../series/limits.ts";
import type { Series } from "../series/series.ts";
import { processSubjects, type Subject, type Subjects } from "../series/subject.ts";
import type { PageChart, PageLimit } from "./client/page-model.ts";
import type { PageSource } from "./encode.ts";

export interface PageCharts {
  charts: PageChart[];
  /** The series that the indexes of the charts point to. */
  sources: PageSource[];
}

/** Of more Python VMs than this the smaller ones are hidden until asked for: nobody reads 100 lines. */
const vmsShownMax = 6;
/** Each start of NSO may be in a cgroup of its own. */
const ceilingsMax = 3;
const vmSlots = 6;
const vmDashes: (number[] | undefined)[] = [undefined, [8, 4], [3, 3], [12, 3, 3, 3]];

export function pageCharts(recording: Recording, subjects: Subjects): PageCharts {
  const sources: PageSource[] = [];
  if (recording.host.atMs.length === 0) return { charts: [], sources };
  const add = (source: PageSource) => sources.push(source) - 1;
  const charts = hostCharts(recording, subjects, add);
  if (recording.processes.length > 0)
    charts.push(holdersChart(subjects, add), ...processCharts(subjects, add));
  return { charts, sources };
}

/** Adds a series to the page and returns its index. */
type AddSource = (source: PageSource) => number;

function hostCharts(recording: Recording, subjects: Subjects, add: AddSource): PageChart[] {
  const { host } = subjects;
  const line = (label: string, slot: string, series: Series) =>
    add({ id: label, label, slot, width: 2, series });
  const limit = (label: string, series: Series, kind: MemoryKind): PageLimit => {
    const { warningPercent, criticalPercent } = recordedLimits(subjects, kind);
    return {
      series: add({ id: label, label, slot: "limit", width: 3.5, series }),
      warningPercent,
      criticalPercent,
    };
  };
  const mode = recording.overcommitMode;
  const ceilings = subjects.ceilings.slice(0, ceilingsMax).map(({ name, used, limit: most }, index) => ({
    id: `ceiling-${index}`,
    title: `Physical memory of ${name}`,
    note: "while this limit bound, and not the host's",
    lines: [add({ id: `${name} used`, label: "used", slot: "memUsed", width: 2, series: used })],
    limit: limit(`${name} limit`, most, "physical"),
  }));
  const bands = ceilings.map((chart, index) => ({
    series: chart.limit.series,
    label: `limit of ${subjects.ceilings[index]?.name ?? "a cgroup"}`,
  }));
  return [
    ...ceilings,
    {
      id: "physical",
      title: "Physical memory of the host",
      lines: [line("MemUsed", "memUsed", host.memUsed)],
      limit: limit(host.memTotalName, host.memTotal, "physical"),
      bands,
    },
    {
      id: "allocated",
      title: "Committed memory of the host (Committed_AS)",
      note: mode === undefined || mode === 2 ? undefined : `not enforced: vm.overcommit_memory is ${mode}`,
      lines: [line("Committed_AS", "committed", host.committed)],
      limit: limit("CommitLimit", host.commitLimit, "allocated"),
    },
  ];
}

/** Areas on each other, from the core up: together they are what is used of the host. */
function holdersChart(subjects: Subjects, add: AddSource): PageChart {
  const { core, javaVm, pythonTotal, everythingElse, host } = subjects;
  const own = [core, javaVm, pythonTotal].filter((subject) => subject !== undefined);
  const lines = own.map((subject) =>
    add({
      ...{ id: `holder ${subject.id}`, width: 1, series: subject.rss },
      label: subject.id === "javavm" ? groups.javavm.label : subject.name,
      slot: lookOf(subject, subjects).slot,
    }),
  );
  if (everythingElse)
    lines.push(
      add({
        ...{ id: "everything else", label: "everything else", slot: "everythingElse", width: 1 },
        series: everythingElse,
      }),
    );
  const { warningPercent, criticalPercent } = recordedLimits(subjects, "physical");
  const limit = add({
    ...{ id: "holders limit", label: host.memTotalName, slot: "limit", width: 3.5, series: host.memTotal },
  });
  return {
    id: "holders",
    title: "Who holds the host's memory",
    note: "resident memory of NSO's processes, and everything else that is used",
    lines,
    isStacked: true,
    limit: { series: limit, warningPercent, criticalPercent },
  };
}

function processCharts(subjects: Subjects, add: AddSource): PageChart[] {
  const lines = (what: "rss" | "allocated") => {
    const shown = largestVms(subjects, what);
    return processSubjects(subjects).map((subject) =>
      add({
        id: `${subject.id} ${what === "rss" ? "RSS" : "Allocated"}`,
        label: subject.id === "javavm" ? groups.javavm.label : subject.name,
        ...lookOf(subject, subjects),
        series: subject[what],
        ...(subject.id.startsWith("pythonvm:") && !shown.has(subject.id) ? { hidden: true } : {}),
      }),
    );
  };
  return [
    { id: "rss", title: "Resident memory (RSS) of NSO's processes", lines: lines("rss") },
    {
      id: "process-allocated",
      title: "Private writable memory of NSO's processes",
      lines: lines("allocated"),
    },
  ];
}

function largestVms({ pythonVms }: Subjects, what: "rss" | "allocated"): Set<string> {
  return new Set(
    pythonVms
      .map((vm) => ({ id: vm.id, kib: highestIn(vm[what].kib) }))
      .sort((a, b) => b.kib - a.kib)
      .slice(0, vmsShownMax)
      .map(({ id }) => id),
  );
}

/** Of the Python VMs, each of the first 24 has a colour and dash of its own. */
function lookOf(subject: Subject, { pythonVms }: Subjects): Pick<PageSource, "slot" | "width" | "dash"> {
  if (subject.id === "python-total") return { slot: "pythonTotal", width: 2, dash: [3, 3] };
  switch (subject.group) {
    case "core":
      return { slot: "core", width: 2.5 };
    case "javavm":
      return { slot: "javaVm", width: 2, dash: [8, 4] };
    case "pythonvm": {
      const index = pythonVms.indexOf(subject);
      const dash = vmDashes[Math.floor(index / vmSlots) % vmDashes.length];
      return { slot: `vm${index % vmSlots}`, width: 1.5, ...(dash ? { dash } : {}) };
    }
  }
}
