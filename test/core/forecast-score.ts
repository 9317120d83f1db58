/** How often a forecast is false, how early a true one comes, and how far its time is from what came true. */

import { createForecaster } from "../../src/core/forecast.ts";
import { calmLoads, criticalKib, type Load, leaks } from "./forecast-loads.ts";

export const alarmMinutes = 30;
/** What steady leaks are promised. */
export const leadMinutesMin = 20;

interface Watched {
  /** How often a forecast of less than 30 min began. */
  alarms: number;
  /** How often any forecast began. */
  said: number;
  /** From the beginning of the last alarm to critical, in minutes; undefined where it never became critical. */
  leadMinutes: number | undefined;
  /** Of the time said 20 to 60 min ahead: 0.1 is 10 % too long. */
  errors: number[];
}

/** As the agent does it: each value taken, asked every 30 s. */
export function watchLoad(load: Load, everySeconds: number): Watched {
  const forecaster = createForecaster();
  const told: { at: number; inSeconds: number }[] = [];
  const watched: Watched = { alarms: 0, said: 0, leadMinutes: undefined, errors: [] };
  let alarmSince: number | undefined;
  let isSaid = false;
  for (let t = 0; t < load.hours * 3600; t += everySeconds) {
    const usedKib = load.at(t);
    forecaster.take({ steadyMs: t * 1000, ceiling: "host", usedKib });
    if (usedKib >= criticalKib) {
      watched.leadMinutes = alarmSince === undefined ? 0 : (t - alarmSince) / 60;
      watched.errors = told.flatMap(({ at, inSeconds }) => {
        const truth = t - at;
        return truth >= 1200 && truth <= 3600 ? [(inSeconds - truth) / truth] : [];
      });
      break;
    }
    if (t % 30 !== 0) continue;
    const forecast = forecaster.ask(t * 1000, criticalKib);
    if (forecast && !isSaid) watched.said++;
    isSaid = forecast !== undefined;
    if (forecast) told.push({ at: t, inSeconds: forecast.inMs / 1000 });
    if (forecast && forecast.inMs <= alarmMinutes * 60_000) {
      if (alarmSince === undefined) watched.alarms++;
      alarmSince ??= t;
    } else if (!forecast) alarmSince = undefined;
  }
  return watched;
}

export interface Row {
  name: string;
  /** One line for the table. */
  text: string;
  /** The bar, where there is one, and whether it was kept. */
  bar: string;
  kept: boolean;
}

/** Every load with every seed. */
export function scoreLoads(seeds: readonly number[], everySeconds: number): Row[] {
  const all = seeds.map((seed) => ({ calm: calmLoads(seed), leaks: leaks(seed) }));
  const calm = (all[0]?.calm ?? []).map(({ name, hours, alarmsPerDayMax }, index): Row => {
    const seen = all.flatMap((one) => (one.calm[index] ? [watchLoad(one.calm[index], everySeconds)] : []));
    const days = (hours / 24) * seen.length;
    const perDay = (count: (one: Watched) => number) => seen.reduce((sum, one) => sum + count(one), 0) / days;
    const alarms = perDay((one) => one.alarms);
    return {
      name,
      text: `${alarms.toFixed(2)} false alarms a day, ${perDay((one) => one.said).toFixed(2)} forecasts of any time`,
      bar: alarmsPerDayMax === "reported" ? "" : `at most ${alarmsPerDayMax} a day`,
      kept: alarmsPerDayMax === "reported" || alarms <= alarmsPerDayMax,
    };
  });
  const leaking = (all[0]?.leaks ?? []).map(({ name, leads }, index): Row => {
    const seen = all.flatMap((one) => (one.leaks[index] ? [watchLoad(one.leaks[index], everySeconds)] : []));
    const ahead = seen.map(({ leadMinutes }) => leadMinutes ?? 0).toSorted((a, b) => a - b);
    const errors = seen.flatMap((one) => one.errors).toSorted((a, b) => a - b);
    const early = ahead.filter((minutes) => minutes >= leadMinutesMin).length;
    const part = (values: readonly number[], share: number) =>
      values[Math.floor((values.length - 1) * share)] ?? Number.NaN;
    const percent = (share: number) => `${(100 * part(errors, share)).toFixed(0)} %`;
    return {
      name,
      text: `${early}/${seen.length} ≥ ${leadMinutesMin} min ahead (least ${part(ahead, 0).toFixed(0)}, median ${part(ahead, 0.5).toFixed(0)}); time said ${percent(0.1)} to ${percent(0.9)} off`,
      bar: leads === "promised" ? `each ≥ ${leadMinutesMin} min ahead` : "",
      kept: leads === "reported" || early === seen.length,
    };
  });
  return [...calm, ...leaking];
}
