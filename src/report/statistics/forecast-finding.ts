/** What would come after the end of a recording: the same forecast as that of a running agent. */

import { hostCeiling } from "../../core/ceiling-name.ts";
import { createForecaster, type Forecast } from "../../core/forecast.ts";
import { describeForecast } from "../../core/forecast-text.ts";
import { everythingElse, type growerName } from "../../core/growth.ts";
import { levelLimit } from "../../core/level.ts";
import { reachedAtKib } from "../../core/limit.ts";
import { kibAt, numberAt } from "../series/column.ts";
import { recordedLimits } from "../series/limits.ts";
import { lifeFrom, riseOf } from "../series/rise.ts";
import { indexFrom, type Series } from "../series/series.ts";
import { processSubjects, type Subjects } from "../series/subject.ts";
import type { Finding } from "./finding-tone.ts";

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** Of physical memory under the ceiling that bound last; none where nothing is sure, or it is critical already. */
export function forecastFindings(subjects: Subjects): Finding[] {
  const { name, used, limit } = lastBinding(subjects);
  const untilMs = used.atMs.at(-1);
  const limitKib = limit.kib.at(-1);
  if (untilMs === undefined || limitKib === undefined) return [];
  const criticalKib = reachedAtKib(levelLimit(recordedLimits(subjects, "physical"), "critical"), limitKib);
  const forecast = forecastAt(used, untilMs, criticalKib);
  if (!forecast || (used.kib.at(-1) ?? 0) >= criticalKib) return [];
  const grower = growerAt(subjects, forecast, untilMs);
  const limitName = name === hostCeiling ? "" : ` under ${name}`;
  return [
    {
      tone: "warning",
      text: `Physical memory${limitName} at the end: ${describeForecast(forecast, grower)}.`,
      atMs: untilMs,
    },
  ];
}

function lastBinding({ host, ceilings }: Subjects): { name: string; used: Series; limit: Series } {
  const own = { name: hostCeiling, used: host.memUsed, limit: host.memTotal };
  const hostLastMs = host.memUsed.atMs.at(-1) ?? 0;
  // Its rows are those of the ticks at which it bound.
  return ceilings.find(({ used }) => (used.atMs.at(-1) ?? 0) >= hostLastMs) ?? own;
}

function forecastAt(used: Series, untilMs: number, criticalKib: number): Forecast | undefined {
  const forecaster = createForecaster();
  const ceiling = hostCeiling;
  const minutes = new Map<number, { low: number; high: number }>();
  for (let index = indexFrom(used.atMs, untilMs - dayMs); index < used.atMs.length; index++) {
    const minute = Math.floor(numberAt(used.atMs, index) / minuteMs);
    const kib = kibAt(used.kib, index);
    const known = minutes.get(minute) ?? { low: kib, high: kib };
    minutes.set(minute, { low: Math.min(known.low, kib), high: Math.max(known.high, kib) });
  }
  for (const [minute, { low, high }] of minutes)
    forecaster.restore({ steadyMs: minute * minuteMs, ceiling, low, high });
  forecaster.take({ steadyMs: untilMs, ceiling, usedKib: used.kib.at(-1) ?? 0 });
  return forecaster.ask(untilMs, criticalKib);
}

/** Who has at least a third of the growth, each process within its own life. */
function growerAt(
  subjects: Subjects,
  { kibPerMinute, windowMs }: Forecast,
  untilMs: number,
): Parameters<typeof growerName>[0] | undefined {
  const fromMs = untilMs - windowMs;
  const own = processSubjects(subjects)
    .filter(({ id }) => id !== "python-total")
    .map((subject) => {
      const since = Math.max(fromMs, lifeFrom(subject, untilMs));
      return { group: subject.group, name: subject.name, since, kib: riseOf(subject.rss, since, untilMs) };
    });
  const rest = {
    group: "rest" as const,
    name: everythingElse(hostCeiling),
    since: fromMs,
    kib: subjects.everythingElse ? riseOf(subjects.everythingElse, fromMs, untilMs) : 0,
  };
  const [first] = [...own, rest].sort((a, b) => b.kib - a.kib);
  return first && first.kib >= (kibPerMinute * (untilMs - first.since)) / minuteMs / 3 ? first : undefined;
}
