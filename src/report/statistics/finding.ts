/** What a recording shows, in sentences: the first thing that a reader of the report sees. */

import { hostLimitOf } from "../../core/ceiling-name.ts";
import { type MemoryKind, memoryKinds } from "../../core/reading.ts";
import type { HistoryEvent, Recording } from "../../core/recording.ts";
import { formatDuration, formatKib } from "../../core/units.ts";
import { numberAt } from "../series/column.ts";
import { recordedLimits } from "../series/limits.ts";
import { type Peak, peakOf } from "../series/peak.ts";
import { indexFrom, type Series } from "../series/series.ts";
import { processSubjects, type Subjects } from "../series/subject.ts";
import { moment, type Zone } from "../series/zone.ts";
import { limitReachedInMs, type Measured } from "./measured.ts";

/** How a finding is shown: a level that was reached, a limit that was kept, or neither. */
export type FindingTone = "critical" | "warning" | "ok" | "note";
const tones: FindingTone[] = ["critical", "warning", "ok", "note"];

export interface Finding {
  tone: FindingTone;
  text: string;
  /** The moment at which the charts show it. */
  atMs?: number | undefined;
}

/** The most severe first. */
export function findingsOf(
  recording: Recording,
  subjects: Subjects,
  table: readonly Measured[],
  zone: Zone,
): Finding[] {
  const findings = [
    ...peakFindings(subjects, recording, zone),
    ...growthFindings(recording, table),
    ...eventFindings(recording.events),
  ];
  return findings.sort((a, b) => tones.indexOf(a.tone) - tones.indexOf(b.tone));
}

const kindNames: Record<MemoryKind, string> = { physical: "Physical memory", allocated: "Committed_AS" };

function peakFindings(subjects: Subjects, recording: Recording, zone: Zone): Finding[] {
  return memoryKinds.flatMap((kind) => {
    const peak = peakOf(kind, subjects.host, recordedLimits(subjects, kind));
    if (!peak) return [];
    const name = kindNames[kind];
    const limitName = kind === "physical" ? subjects.host.memTotalName : hostLimitOf.allocated;
    const advisory = kind === "allocated" && isAdvisory(recording);
    const verdict = peak.level === "normal" ? "stayed within its limits" : `was ${peak.level}`;
    const reached = `${peak.percent} % of ${limitName} (${formatKib(peak.usedKib)} of ${formatKib(peak.limitKib)}) at ${moment(zone, peak.atMs)}`;
    const mode = advisory ? `; not enforced, since vm.overcommit_memory is ${recording.overcommitMode}` : "";
    const tone = advisory ? "note" : peak.level === "normal" ? "ok" : peak.level;
    return [
      {
        tone,
        text: `${name} ${verdict}: ${reached}${mode}.${culpritSentence(subjects, peak)}`,
        atMs: peak.atMs,
      },
    ];
  });
}

/** ` In the 30 min before, …`: which process grew most towards a peak; empty when none explains it. */
function culpritSentence(subjects: Subjects, { kind, level, atMs, limitKib }: Peak): string {
  if (level === "normal") return "";
  const { host } = subjects;
  const [what, used] =
    kind === "physical" ? (["rss", host.memUsed] as const) : (["allocated", host.committed] as const);
  const fromMs = Math.max(numberAt(used.atMs, 0), atMs - beforePeakMs);
  const whole = riseOf(used, fromMs, atMs);
  const [first] = processSubjects(subjects)
    .filter(({ id }) => id !== "python-total")
    .map((subject) => ({ label: subject.label, kib: riseOf(subject[what], fromMs, atMs) }))
    .sort((a, b) => b.kib - a.kib);
  // Nobody is named for a rise below a fiftieth of the limit, nor with less than a third of the rise.
  if (!first || whole < limitKib / 50 || first.kib < whole / 3) return "";
  const minutes = Math.max(1, Math.round((atMs - fromMs) / 60_000));
  const name = what === "rss" ? "RSS" : "allocated memory";
  return ` In the ${minutes} min before, ${first.label} grew by ${formatKib(first.kib)} of ${name}, ${kindNames[kind]} as a whole by ${formatKib(whole)}.`;
}

const beforePeakMs = 30 * 60_000;

function riseOf({ atMs, kib }: Series, fromMs: number, toMs: number): number {
  const first = kib[indexFrom(atMs, fromMs)];
  const last = kib[indexFrom(atMs, toMs + 1) - 1];
  return first === undefined || last === undefined ? 0 : last - first;
}

/** Growth that would use up what memory is left: of the host as a whole, and of the process that grows fastest. */
function growthFindings(recording: Recording, table: readonly Measured[]): Finding[] {
  const growing = table.flatMap((row) => {
    const inMs = limitReachedInMs(row, recording);
    const { growth } = row.statistics;
    // 0: the limit is reached already, which the finding of the peak says.
    return !inMs || !growth || row.id === "python-total" ? [] : [{ ...row, growth, inMs }];
  });
  const hosts = growing.filter(({ id }) => id === "host");
  const [fastest] = growing
    .filter(({ id, what }) => id !== "host" && what === "RSS")
    .sort((a, b) => b.growth.kibPerMinute - a.growth.kibPerMinute);
  return [...hosts, ...(fastest ? [fastest] : [])].map(({ id, label, what, growth, inMs }): Finding => {
    const who = id === "host" ? what : label;
    const rate = `${(growth.kibPerMinute / 1024).toFixed(1)} MiB/min (r² ${growth.r2.toFixed(2)})`;
    const end = id === "host" ? "its limit is reached" : "it alone uses up what is left";
    const binds = what !== "Committed_AS" || !isAdvisory(recording);
    const tone = binds && inMs < aDayMs ? "warning" : "note";
    return { tone, text: `${who} grows by ${rate}: at this rate ${end} in ${formatDuration(inMs)}.` };
  });
}

const aDayMs = 86_400_000;

/** CommitLimit binds in mode 2 alone. */
function isAdvisory({ overcommitMode }: Recording): boolean {
  return overcommitMode !== undefined && overcommitMode !== 2;
}

function eventFindings(events: readonly HistoryEvent[]): Finding[] {
  // Each action has an event for its beginning and one for its outcome.
  const actions = events.filter(({ type, text }) => type === "action" && !text.endsWith(" begins"));
  const incidents = new Set(events.flatMap(({ incidentId }) => incidentId ?? []));
  if (actions.length === 0 && incidents.size === 0) return [];
  const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;
  const text = `${count(incidents.size, "incident")}, ${count(actions.length, "action")}: see the list of events.`;
  return [{ tone: "note", text, atMs: actions[0]?.atMs ?? events[0]?.atMs }];
}
