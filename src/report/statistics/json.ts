/** `nsomem stats --json`: keys are added, never renamed. Memory in KiB, times in ISO 8601. */

import type { Recording } from "../../core/recording.ts";
import { formatTime } from "../../core/units.ts";
import type { Analysis } from "./analysis.ts";
import { limitReachedInMs, type Measured } from "./measured.ts";
import type { Extreme } from "./statistics.ts";

export function statisticsJson(recording: Recording, analysis: Analysis, version: string) {
  const { table, findings, recommendation } = analysis;
  const times = recording.host.atMs;
  const { commit, children, sentences } = recommendation;
  return {
    schema: 1 as const,
    version,
    since: timeJson(times[0]),
    until: timeJson(times.at(-1)),
    ticks: times.length,
    series: table.map((row) => seriesJson(row, recording)),
    findings: findings.map(({ tone, text, atMs }) => ({
      tone,
      text,
      at: timeJson(atMs),
    })),
    recommendation: {
      committed_max_kib: commit?.use.committedMaxKib ?? null,
      committed_over_seconds: commit ? Math.round(commit.use.spanMs / 1000) : null,
      // The inherited figures: what was used, not what is recommended.
      commit_limit_kib: commit?.use.inherited?.commitLimitKib ?? null,
      overcommit_ratio: commit?.use.inherited?.overcommitRatio ?? null,
      guide_ratio: commit?.strict.ratio ?? null,
      sysctl: commit?.strict.sysctlLines ?? [],
      refused: commit?.strict.refusal ?? null,
      multiprocessing: children.map(({ vm, peak }) => ({
        vm,
        children: peak.count,
        rss_kib: peak.rssKib,
        allocated_kib: peak.allocatedKib,
        at: formatTime(peak.atMs),
      })),
      text: sentences,
    },
  };
}

function timeJson(atMs: number | undefined): string | null {
  return atMs === undefined ? null : formatTime(atMs);
}

function seriesJson(row: Measured, recording: Recording) {
  const { statistics: s } = row;
  const extreme = ({ valueKib, index, atMs }: Extreme) => ({ kib: valueKib, index, at: formatTime(atMs) });
  const reachedInMs = limitReachedInMs(row, recording);
  return {
    id: row.id,
    label: row.label,
    what: row.what,
    count: s.count,
    mean_kib: s.meanKib,
    standard_deviation_kib: s.standardDeviationKib,
    sample_standard_deviation_kib: s.sampleStandardDeviationKib,
    skewness: s.skewness,
    kurtosis: s.kurtosis,
    average_deviation_kib: s.averageDeviationKib,
    sum_kib: s.sumKib,
    sum_of_squares: s.sumOfSquares,
    mean_error_kib: s.meanErrorKib,
    standard_deviation_error_kib: s.standardDeviationErrorKib,
    skewness_error: s.skewnessError,
    kurtosis_error: s.kurtosisError,
    minimum: extreme(s.minimum),
    lower_quartile_kib: s.lowerQuartileKib,
    median_kib: s.medianKib,
    upper_quartile_kib: s.upperQuartileKib,
    maximum: extreme(s.maximum),
    last: extreme(s.last),
    growth_mib_per_minute: s.growth ? s.growth.kibPerMinute / 1024 : null,
    growth_r2: s.growth?.r2 ?? null,
    limit_reached_in_seconds: reachedInMs === undefined ? null : Math.round(reachedInMs / 1000),
  };
}
