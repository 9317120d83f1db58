/** Each memory kind's level and each rule's limit over time: readings in, changes and firings out. */

import { type Config, limitsOf, persistenceOf } from "./config.ts";
import { initialKindState, type KindState, type LevelChange, stepKind } from "./episode.ts";
import { createForecaster, type Forecast, type Forecaster } from "./forecast.ts";
import { reachedAtKib } from "./limit.ts";
import type { MemoryKind, Reading } from "./reading.ts";
import {
  type Firing,
  firedBy,
  firingOf,
  isForecast,
  isLimit,
  type Rule,
  rulesOf,
  stepForecastRule,
  stepRule,
} from "./rule.ts";
import { initialThreshold, type ThresholdState } from "./threshold.ts";

/** What one reading led to. */
export interface LevelsStep {
  change: LevelChange | undefined;
  firings: Firing[];
}

export interface Levels {
  /**
   * Takes one reading. Before a limit is entered that fires a rule, `confirm` is called; the reading that it returns is
   * taken instead. If that one does not reach the limit, the limit is not entered, and the next reading can enter it.
   * `steadyMs`: when it was taken, by a clock that is not set; without one, as in a recording, the reading's own time.
   */
  take(
    reading: Reading,
    config: Config,
    confirm: (firings: readonly Firing[]) => Reading,
    steadyMs?: number,
  ): LevelsStep;
  state(kind: MemoryKind): KindState;
  latest(kind: MemoryKind): Reading | undefined;
  /** When that one was taken, by the clock of `steadyMs`. */
  latestSteadyMs(kind: MemoryKind): number | undefined;
  /** When it becomes critical as far as was sure at the latest reading. */
  forecast(kind: MemoryKind): Forecast | undefined;
}

/** What memory did so far, which outlives a start: a recording holds it. */
export type Forecasters = Record<MemoryKind, Forecaster>;

export function createForecasters(): Forecasters {
  return { physical: createForecaster(), allocated: createForecaster() };
}

/** What a reading would lead to, with the state that it would leave. */
interface Tentative extends LevelsStep {
  state: KindState;
  thresholds: Map<string, ThresholdState>;
}

export function createLevels(config: Config, forecasters: Forecasters = createForecasters()): Levels {
  const states: Record<MemoryKind, KindState> = {
    physical: initialKindState(limitsOf("physical", config)),
    allocated: initialKindState(limitsOf("allocated", config)),
  };
  /** Of the rules with a limit of their own, by name. */
  let thresholds = new Map<string, ThresholdState>();
  const forecasts: Partial<Record<MemoryKind, Forecast | undefined>> = {};
  const latest: Partial<Record<MemoryKind, { reading: Reading; steadyMs: number }>> = {};
  return {
    take(reading, current, confirm, steadyMs = reading.atMs) {
      let taken = reading;
      let step = tentative(taken, steadyMs, current);
      const entered = step.firings.filter(({ rule }) => rule.on !== "normal" && !isForecast(rule.on));
      if (entered.length > 0) {
        taken = confirm(entered);
        if (taken !== reading) step = tentative(taken, steadyMs, current);
      }
      latest[reading.kind] = { reading: taken, steadyMs };
      states[reading.kind] = step.state;
      thresholds = step.thresholds;
      const foreseen = foresee(taken, steadyMs, current);
      return { change: step.change, firings: [...step.firings, ...foreseen] };
    },
    state: (kind) => states[kind],
    latest: (kind) => latest[kind]?.reading,
    latestSteadyMs: (kind) => latest[kind]?.steadyMs,
    forecast: (kind) => forecasts[kind],
  };

  /** What is to come: after what is, and of the reading that was taken in the end. */
  function foresee(reading: Reading, steadyMs: number, current: Config): Firing[] {
    const { kind, usedKib, limitKib, ceiling } = reading;
    const { criticalPercent, criticalFreeKib } = limitsOf(kind, current);
    const criticalKib = reachedAtKib({ percent: criticalPercent, freeKib: criticalFreeKib }, limitKib);
    forecasters[kind].take({ steadyMs, ceiling, usedKib });
    forecasts[kind] = forecasters[kind].ask(steadyMs, criticalKib);
    const level = states[kind].level ?? "normal";
    return rulesOf(current).flatMap((rule: Rule) => {
      if (!isForecast(rule.on) || rule.kind !== kind) return [];
      const before = thresholds.get(rule.name) ?? initialThreshold;
      const after = stepForecastRule(before, rule.on, forecasts[kind], level);
      thresholds.set(rule.name, after);
      return after.inside && !before.inside ? [firingOf(rule, reading, level)] : [];
    });
  }

  function tentative(reading: Reading, steadyMs: number, current: Config): Tentative {
    const { kind } = reading;
    const rules = rulesOf(current);
    const persistence = persistenceOf(kind, current);
    const { state, change } = stepKind(states[kind], reading, limitsOf(kind, current), persistence, steadyMs);
    const firings = change ? firedBy(change, rules) : [];
    // Only the rules that there are: what a reload took away is forgotten.
    const next = new Map<string, ThresholdState>();
    for (const rule of rules) {
      if (typeof rule.on === "string") continue;
      const before = thresholds.get(rule.name) ?? initialThreshold;
      const after =
        isLimit(rule.on) && rule.kind === kind
          ? stepRule(before, rule.on, reading, persistence, steadyMs)
          : before;
      next.set(rule.name, after);
      if (after.inside && !before.inside) firings.push(firingOf(rule, reading, state.level ?? "normal"));
    }
    return { state, thresholds: next, change, firings };
  }
}
