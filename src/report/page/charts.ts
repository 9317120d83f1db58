/** The charts of report.html and the series they need. */

import type { Recording } from "../../core/recording.ts";
import { defaultLimits } from "../picture/picture.ts";
import type { Series } from "../series/series.ts";
import { processSubjects, type Subject, type Subjects } from "../series/subject.ts";
import type { PageCeiling, PageChart, PageSource } from "./client/page-model.ts";

/** With more Python VMs than this, the smaller ones are hidden until asked for: 100 lines are none. */
const vmsShownMax = 6;
const vmSlots = 6;
const vmDashes: (number[] | undefined)[] = [undefined, [8, 4], [3, 3], [12, 3, 3, 3]];

export function pageCharts(
  recording: Recording,
  subjects: Subjects,
): { charts: PageChart[]; sources: PageSource[] } {
  const sources: PageSource[] = [];
  if (recording.host.atMs.length === 0) return { charts: [], sources };
  const add = (source: PageSource) => sources.push(source) - 1;
  const { host, meta } = subjects;
  const memUsed = add({
    id: "MemUsed",
    label: "MemUsed",
    slot: "memUsed",
    width: 2,
    series: host.memUsed,
  });
  const memTotal = add({
    id: "MemTotal",
    label: "MemTotal",
    slot: "limit",
    width: 3.5,
    series: host.memTotal,
  });
  const committed = add({
    id: "Committed_AS",
    label: "Committed_AS",
    slot: "committed",
    width: 2,
    series: host.committed,
  });
  const commitLimit = add({
    id: "CommitLimit",
    label: "CommitLimit",
    slot: "limit",
    width: 3.5,
    series: host.commitLimit,
  });
  const processes = (what: "rss" | "allocated") => {
    const shown = largestVms(subjects, what);
    return processSubjects(subjects).map((subject) =>
      add({
        id: `${subject.id} ${what === "rss" ? "RSS" : "Allocated"}`,
        label: subject.id === "javavm" ? "JavaVM" : subject.name,
        ...lookOf(subject, subjects),
        series: subject[what],
        ...(subject.id.startsWith("pythonvm:") && !shown.has(subject.id) ? { hidden: true } : {}),
      }),
    );
  };
  const ceiling = (series: number, kind: "physical" | "allocated"): PageCeiling => {
    const { warningPercent, criticalPercent } = meta?.limits[kind] ?? defaultLimits;
    return { series, warningPercent, criticalPercent };
  };
  const mode = recording.overcommitMode;
  const charts: PageChart[] = [
    {
      id: "physical",
      title: "Physical memory of the host",
      lines: [memUsed],
      ceiling: ceiling(memTotal, "physical"),
    },
    {
      id: "allocated",
      title: "Allocated memory of the host (commit charge)",
      note: mode === undefined || mode === 2 ? undefined : `not enforced: vm.overcommit_memory is ${mode}`,
      lines: [committed],
      ceiling: ceiling(commitLimit, "allocated"),
    },
  ];
  if (recording.processes.length > 0) {
    charts.push({ id: "rss", title: "Resident memory (RSS) of NSO's processes", lines: processes("rss") });
    charts.push({
      id: "process-allocated",
      title: "Allocated memory of NSO's processes",
      lines: processes("allocated"),
    });
  }
  return { charts, sources };
}

function largestVms({ pythonVms }: Subjects, what: "rss" | "allocated"): Set<string> {
  const highest = ({ kib }: Series) => kib.reduce((most, value) => Math.max(most, value), 0);
  return new Set(
    pythonVms
      .map((vm) => ({ id: vm.id, kib: highest(vm[what]) }))
      .sort((a, b) => b.kib - a.kib)
      .slice(0, vmsShownMax)
      .map(({ id }) => id),
  );
}

/** Of the Python VMs, each of the first 24 has a colour and dash of its own. */
function lookOf(subject: Subject, { pythonVms }: Subjects): Pick<PageSource, "slot" | "width" | "dash"> {
  if (subject.id === "core") return { slot: "core", width: 2.5 };
  if (subject.id === "javavm") return { slot: "javaVm", width: 2, dash: [8, 4] };
  if (subject.id === "python-total") return { slot: "pythonTotal", width: 2, dash: [3, 3] };
  const index = pythonVms.indexOf(subject);
  const dash = vmDashes[Math.floor(index / vmSlots) % vmDashes.length];
  return { slot: `vm${index % vmSlots}`, width: 1.5, ...(dash ? { dash } : {}) };
}
