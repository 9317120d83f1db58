/** What each of the inherited pictures shows (facts 1.1): its lines, its limit, its title. */

import { hostCeiling } from "../../core/ceiling-name.ts";
import { groups } from "../../core/group.ts";
import { everythingElse } from "../../core/growth.ts";
import type { Recording } from "../../core/recording.ts";
import { shownEvents } from "../series/advisory.ts";
import { extentOf } from "../series/extent.ts";
import { recordedLimits } from "../series/limits.ts";
import { type Series, seriesOf } from "../series/series.ts";
import type { Subject, Subjects } from "../series/subject.ts";
import { type Stroke, strokes } from "./palette.ts";
import type { LimitLine, Line, Picture } from "./picture.ts";

export interface PictureContent {
  /** RSS and Allocated of one subject under Committed_AS and CommitLimit. */
  underCommitLimit(file: string, subject: Subject): Picture;
  /** Without a limit, so that a small VM is visible. */
  alone(file: string, subject: Subject): Picture;
  comparisons(): Picture[];
}

export function pictureContent(recording: Recording, subjects: Subjects): PictureContent {
  const { host } = subjects;
  const common = { events: shownEvents(recording), measured: hostTimes(recording), ...extentOf(recording) };
  const committed: Line = { label: "Committed_AS", series: host.committed, stroke: strokes.committed };
  const memUsed: Line = { label: "MemUsed", series: host.memUsed, stroke: strokes.memUsed };
  const { commitLimit, memTotal } = limitLines(subjects);
  const underCommitLimit = {
    ...common,
    note: commitNote(recording.overcommitMode),
    limit: commitLimit,
  };
  const allocated = comparedLines("Private", subjects);
  const rss = comparedLines("RSS", subjects);
  return {
    underCommitLimit: (file, subject) => ({
      ...underCommitLimit,
      file,
      title: `${subject.label}: memory against the commit limit`,
      lines: [committed, ...ownLines(subject)],
    }),
    alone: (file, subject) => ({
      ...common,
      file,
      title: `${subject.label}: memory`,
      lines: ownLines(subject),
    }),
    comparisons: () => [
      {
        ...underCommitLimit,
        file: "compare/mem-graph-compare-allocate",
        title: "Private writable memory against the commit limit",
        lines: [committed, ...allocated],
      },
      {
        ...common,
        file: "compare/mem-graph-compare-allocate-noCommitLimit",
        title: "Private writable memory of NSO's processes",
        lines: allocated,
      },
      {
        ...common,
        file: "compare/mem-graph-compare-rss",
        title: "Resident memory against the host's memory",
        limit: memTotal,
        lines: [memUsed, committed, ...rss, ...everythingElseLines(subjects)],
      },
      {
        ...common,
        file: "compare/mem-graph-compare-rss-noMemTotal",
        title: "Resident memory of NSO's processes",
        lines: rss,
      },
    ],
  };
}

function everythingElseLines({ everythingElse: series }: Subjects): Line[] {
  return series ? [{ label: everythingElse(hostCeiling), series, stroke: strokes.everythingElse }] : [];
}

function limitLines(subjects: Subjects): Record<"commitLimit" | "memTotal", LimitLine> {
  const { commitLimit, memTotal, memTotalName } = subjects.host;
  return {
    commitLimit: {
      label: "CommitLimit",
      series: commitLimit,
      stroke: strokes.limit,
      limits: recordedLimits(subjects, "allocated"),
    },
    memTotal: {
      label: memTotalName,
      series: memTotal,
      stroke: strokes.limit,
      limits: recordedLimits(subjects, "physical"),
    },
  };
}

function ownLines({ rss, allocated }: Subject): Line[] {
  return [
    { label: "RSS", series: rss, stroke: strokes.rss },
    { label: "Private", series: allocated, stroke: strokes.allocated },
  ];
}

/** Of the three that are compared, those that were seen. */
function comparedLines(what: "RSS" | "Private", { core, javaVm, pythonTotal }: Subjects): Line[] {
  const all: [Subject | undefined, Stroke][] = [
    [core, strokes.core],
    [pythonTotal, strokes.pythonTotal],
    [javaVm, strokes.javaVm],
  ];
  return all.flatMap(([subject, stroke]) => {
    if (!subject) return [];
    const series = what === "RSS" ? subject.rss : subject.allocated;
    return [{ label: `${what} ${shortName(subject)}`, series, stroke }];
  });
}

function hostTimes({ host }: Recording): Series {
  return seriesOf(host.atMs, host.atMs);
}

function shortName(subject: Subject): string {
  return subject.id === "javavm" ? groups.javavm.label : subject.name;
}

function commitNote(mode: number | undefined): string | undefined {
  if (mode === undefined || mode === 2) return undefined;
  return `vm.overcommit_memory is ${mode}: the kernel does not enforce CommitLimit`;
}
