/** What a recording shows, in sentences: the first thing that a reader of the report sees. */

import { hostCeiling } from "../../core/ceiling-name.ts";
import { everythingElse } from "../../core/growth.ts";
import { type MemoryKind, memoryKinds } from "../../core/reading.ts";
import type { Recording } from "../../core/recording.ts";
import { formatDuration, formatKib } from "../../core/units.ts";
import { isAdvisory } from "../series/advisory.ts";
import { numberAt } from "../series/column.ts";
import { recordedLimits } from "../series/limits.ts";
import { type Peak, peakOf } from "../series/peak.ts";
import { lifeFrom, riseOf } from "../series/rise.ts";
import { processSubjects, type Subjects } from "../series/subject.ts";
import { moment, type Zone } from "../series/zone.ts";
import type { Finding, FindingTone } from "./finding-tone.ts";
import { forecastFindings } from "./forecast-finding.ts";
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
  const forecast = forecastFindings(subjects);
  const findings = [
    ...peakFindings(subjects, recording, zone),
    ...forecast,
    ...growthFindings(recording, table, { isForeseen: forecast.length > 0 }),
  ];
  findings.sort((a, b) => tones.indexOf(a.tone) - tones.indexOf(b.tone));
  return [...incidentFindings(recording, zone), ...findings];
}

const kindNames: Record<MemoryKind, string> = { physical: "Physical memory", allocated: "Committed_AS" };
/** Within a sentence. */
const wholeNames: Record<MemoryKind, string> = { physical: "physical memory", allocated: "Committed_AS" };

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
  const own = processSubjects(subjects)
    .filter(({ id }) => id !== "python-total")
    .map((subject) => {
      // Within its own life: one that was restarted gave back what it held before.
      const sinceMs = Math.max(fromMs, lifeFrom(subject, atMs));
      const of = what === "rss" ? "RSS" : "private writable memory";
      return { label: subject.label, of, kib: riseOf(subject[what], sinceMs, atMs) };
    });
  const { everythingElse: others } = subjects;
  const rest =
    what === "rss" && others
      ? [{ label: everythingElse(hostCeiling), of: "memory", kib: riseOf(others, fromMs, atMs) }]
      : [];
  const [first] = [...own, ...rest].sort((a, b) => b.kib - a.kib);
  // Nobody is named for a rise below a fiftieth of the limit, nor with less than a third of the rise.
  if (!first || whole < limitKib / 50 || first.kib < whole / 3) return "";
  const minutes = Math.max(1, Math.round((atMs - fromMs) / 60_000));
  return ` In the ${minutes} min before, ${first.label} grew by ${formatKib(first.kib)} of ${first.of}, ${wholeNames[kind]} as a whole by ${formatKib(whole)}.`;
}

const beforePeakMs = 30 * 60_000;

/** Growth that would use up what memory is left: of the host as a whole, and of the process that grows fastest. */
function growthFindings(
  recording: Recording,
  table: readonly Measured[],
  { isForeseen }: { isForeseen: boolean },
): Finding[] {
  const growing = table.flatMap((row) => {
    const inMs = limitReachedInMs(row, recording);
    const { growth } = row.statistics;
    // 0: the limit is reached already, which the finding of the peak says.
    return !inMs || !growth || row.id === "python-total" ? [] : [{ ...row, growth, inMs }];
  });
  // A straight line through all of it says less than the forecast, and otherwise.
  const hosts = growing.filter(({ id, what }) => id === "host" && !(isForeseen && what === "MemUsed"));
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
