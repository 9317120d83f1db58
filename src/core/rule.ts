/** From a change to the decisions what to do about it: pure, so that a dry run and a replay cost nothing. */

import type { Action, ActionSpec, Decision } from "./action.ts";
import { type ActionKindTable, cooldownKey } from "./action-kind.ts";
import type { Config } from "./config.ts";
import type { LevelChange } from "./episode.ts";
import type { Forecast } from "./forecast.ts";
import type { Level } from "./level.ts";
import { hasReached, isClear, type Limit } from "./limit.ts";
import type { MemoryKind, Reading } from "./reading.ts";
import { inheritedNames } from "./rule-name.ts";
import { initialThreshold, type Persistence, stepThreshold, type ThresholdState } from "./threshold.ts";
import { formatDuration, stampOf } from "./units.ts";

/** vm.overcommit_memory: 0 heuristic, 1 always, 2 strict. */
export type OvercommitMode = 0 | 1 | 2;

/** What a decision depends on beside the firing itself. */
export interface Circumstances {
  nowMs: number;
  overcommitMode: OvercommitMode;
  /** When each action last ran, by `cooldownKey`, over restarts. */
  lastRunMs: Readonly<Record<string, number>>;
  kinds: ActionKindTable;
}

/** One row of the table of rules: when it fires, and what it does then, in this order. */
export interface Rule {
  name: string;
  kind: MemoryKind;
  /** A level as the tool judges it, a limit of the rule's own, or a forecast. */
  on: Level | RuleLimit | RuleForecast;
  actions: readonly ActionSpec[];
  /** At least this long between two runs of one action of this rule; undefined: the dumps' own cool-down. */
  cooldownMs?: number | undefined;
}

/** A limit of a rule's own, and how many readings in a row must reach it. */
export interface RuleLimit extends Limit {
  confirmReadings: number;
}

/** Critical is forecast within so many ms. It fires again when there was no forecast in between. */
export interface RuleForecast {
  withinMs: number;
}

/** Whether a rule has a limit of its own. */
export function isLimit(on: Rule["on"]): on is RuleLimit {
  return typeof on !== "string" && "percent" in on;
}

/** Whether a rule is about what is to come. */
export function isForecast(on: Rule["on"]): on is RuleForecast {
  return typeof on !== "string" && "withinMs" in on;
}

/** A rule that fired, with the reading that led to it. */
export interface Firing {
  rule: Rule;
  /** The level of the kind at that moment. */
  level: Level;
  reading: Reading;
  /** Names the incident; info actions outside an episode have none. */
  episodeId: string | null;
}

const kindOfWord = { phy: "physical", alloc: "allocated" } as const;
const levelOfWord = { info: "normal", warning: "warning", crit: "critical" } as const;

/** The table of rules: the six inherited ones with their lists from `[actions]`, then those of `[[rule]]`. */
export function rulesOf(config: Config): Rule[] {
  const inherited = inheritedNames.map((name): Rule => {
    const [level, kind] = name.split("_") as [keyof typeof levelOfWord, keyof typeof kindOfWord];
    return { name, kind: kindOfWord[kind], on: levelOfWord[level], actions: config.actions[name] };
  });
  const own = config.rule.map(
    ({ name, kind, percent, free, within, confirm, actions, cooldown }): Rule => ({
      name,
      kind,
      on:
        within === undefined
          ? { percent: percent ?? 0, freeKib: free, confirmReadings: confirm }
          : { withinMs: within },
      actions,
      cooldownMs: cooldown,
    }),
  );
  return [...inherited, ...own];
}

/** Whether readings of `kind` lead to actions; otherwise they are shown as advisory (facts 2.2). */
export function isEnforced(kind: MemoryKind, config: Config, mode: OvercommitMode): boolean {
  if (kind === "physical") return true;
  const { enforce } = config.allocated;
  return enforce === "always" || (enforce === "strict" && mode === 2);
}

/**
 * The rules that a change of level fires. Going up fires those of the entered level alone; going down none but, at
 * normal, those of info: a level was entered once, on the way up.
 */
export function firedBy(change: LevelChange, rules: readonly Rule[]): Firing[] {
  // The first reading of a run is no recovery.
  if (change.direction === "down" && (change.to !== "normal" || change.from === null)) return [];
  const { kind, to, reading, episode } = change;
  return rules
    .filter((rule) => rule.kind === kind && rule.on === to)
    .map((rule) => ({ rule, level: to, reading, episodeId: episode?.id ?? null }));
}

/** One reading further for a rule with a limit of its own; the rules of levels follow the change of level. */
export function stepRule(
  state: ThresholdState,
  limit: RuleLimit,
  reading: Reading,
  persistence: Persistence,
  steadyMs = reading.atMs,
): ThresholdState {
  const observation = {
    reached: hasReached(limit, reading),
    clear: isClear(limit, reading, persistence.recoveryPoints),
    steadyMs,
  };
  return stepThreshold(state, observation, { ...persistence, confirmReadings: limit.confirmReadings });
}

/**
 * One reading further for a rule about what is to come: inside since critical was forecast within its time, until there
 * is no forecast any more. Not while memory is critical: then it has come.
 */
export function stepForecastRule(
  state: ThresholdState,
  { withinMs }: RuleForecast,
  forecast: Forecast | undefined,
  level: Level,
): ThresholdState {
  if (!forecast) return initialThreshold;
  const enters = level !== "critical" && forecast.inMs <= withinMs;
  return { ...state, inside: state.inside || enters };
}

/** A firing of a rule with its own limit or about a forecast, which is its own incident: no episode of the level need be on. */
export function firingOf(rule: Rule, reading: Reading, level: Level): Firing {
  return { rule, level, reading, episodeId: `${stampOf(reading.atMs)}-${rule.name}` };
}

/** What to do about a firing, in the order of its list. */
export function decide(firing: Firing, config: Config, circumstances: Circumstances): Decision[] {
  const { rule, level, reading, episodeId } = firing;
  return rule.actions.map((spec) => {
    const action: Action = { do: spec, rule: rule.name, kind: rule.kind, level, episodeId, reading };
    return decideOne(action, rule.cooldownMs, config, circumstances);
  });
}

/** What to do about a built-in action that a callback asks for: the same cool-down as if a list held it. */
export function decideAsked(action: Action, config: Config, circumstances: Circumstances): Decision {
  return decideOne(action, undefined, config, circumstances);
}

function decideOne(
  action: Action,
  ofRuleMs: number | undefined,
  config: Config,
  { nowMs, overcommitMode, lastRunMs, kinds }: Circumstances,
): Decision {
  if (!isEnforced(action.kind, config, overcommitMode)) {
    const reason =
      config.allocated.enforce === "never"
        ? 'advisory: [allocated] enforce is "never"'
        : `advisory: vm.overcommit_memory is ${overcommitMode}, so CommitLimit does not bind`;
    return { action, verdict: "skip", because: "advisory", reason };
  }
  // A list cannot hold it; a callback may ask for it.
  if (kinds[action.do.kind].sendsSignal && isOfForecast(action.rule, config)) {
    const reason = `${action.rule} is about a forecast, which may be wrong: the signal waits for what is measured`;
    return { action, verdict: "skip", because: "forecast", reason };
  }
  const cooldownMs = ofRuleMs ?? kinds[action.do.kind].cooldownMs(config);
  const sinceMs = nowMs - (lastRunMs[cooldownKey(action, kinds)] ?? Number.NEGATIVE_INFINITY);
  // A recording whose clock was set back: a last run in the future must not silence the action.
  if (sinceMs >= 0 && sinceMs < cooldownMs) {
    const reason = `cool-down: it ran ${formatDuration(sinceMs)} ago, and again after ${formatDuration(cooldownMs)} at the earliest`;
    return { action, verdict: "skip", because: "cool-down", reason };
  }
  return { action, verdict: "run" };
}

function isOfForecast(rule: string, config: Config): boolean {
  return config.rule.some(({ name, within }) => name === rule && within !== undefined);
}
