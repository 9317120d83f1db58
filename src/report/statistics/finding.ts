/** What a recording shows, in sentences: the first thing that a reader of the report sees. */

import { type MemoryKind, memoryKinds } from "../../core/reading.ts";
import type { Recording } from "../../core/recording.ts";
import { formatDuration, formatKib } from "../../core/units.ts";
import { isAdvisory } from "../series/advisory.ts";
import { numberAt } from "../series/column.ts";
import { recordedLimits } from "../series/limits.ts";
import { type Peak, peakOf } from "../series/peak.ts";
import { indexFrom, type Series } from "../series/series.ts";
import { processSubjects, type Subjects } from "../series/subject.ts";
import { moment, type Zone } from "../series/zone.ts";
import type { Finding, FindingTone } from "./finding-tone.ts";
import { incidentFindings } from "./incident-finding.ts";
import { limitReachedInMs, type Measured } from "./measured.ts";

const tones: FindingTone[] = ["critical", "warning", "ok", "note"];

/** An incident first, with what came of it; then the most severe. */
export function findingsOf(
  recording: Recording,
  subjects: Subjects,
  table: readonly Measured[],
  zone: Zone,
): Finding[] {
  const findings = [...peakFindings(subjects, recording, zone), ...growthFindings(recording, table)];
  findings.sort((a, b) => tones.indexOf(a.tone) - tones.indexOf(b.tone));
  return [...incidentFindings(recording, zone), ...findings];
}

const kindNames: Record<MemoryKind, string> = { physical: "Physical memory", allocated: "Committed_AS" };

function peakFindings(subjects: Subjects, recording: Recording, zone: Zone): Finding[] {
  return memoryKinds.flatMap((kind): Finding[] => {
    const peak = peakOf(kind, subjects, recordedLimits(subjects, kind));
    if (!peak) return [];
    const name = kindNames[kind];
    const advisory = kind === "allocated" && isAdvisory(recording);
    const reached = `${peak.percent} % of ${peak.limitName} (${formatKib(peak.usedKib)} of ${formatKib(peak.limitKib)}) at ${moment(zone, peak.atMs)}`;
    if (advisory) {
      // No level is named: it would read as an alarm.
      const why = `not enforced, since vm.overcommit_memory is ${recording.overcommitMode}`;
      return [{ tone: "note", text: `${name} reached ${reached}; ${why}.`, atMs: peak.atMs }];
    }
    const verdict = peak.level === "normal" ? "stayed within its limits" : `was ${peak.level}`;
    const tone = peak.level === "normal" ? "ok" : peak.level;
    return [
      {
        tone,
        text: `${name} ${verdict}: ${reached}.${culpritSentence(subjects, peak)}`,
        atMs: peak.atMs,
      },
    ];
  });
}

/** ` In the 30 min before, …`: which process grew most towards a peak; empty when none explains it. */
function culpritSentence(subjects: Subjects, { kind, level, atMs, limitKib, used }: Peak): string {
  if (level === "normal") return "";
  const what = kind === "physical" ? "rss" : "allocated";
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
