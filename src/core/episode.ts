/** The level of one memory kind over time: when it is entered and left, and in which episode. */

import type { ReachedUnder } from "./ceiling-change.ts";
import { type Level, type Limits, levelLimit, severity } from "./level.ts";
import { isClear } from "./limit.ts";
import type { MemoryKind, Reading } from "./reading.ts";
import { initialThreshold, type Persistence, stepThreshold, type ThresholdState } from "./threshold.ts";
import { stampOf } from "./units.ts";

/** From the first reading above normal to the recovery. `id` names its incident and is unique per start time and kind. */
export interface Episode {
  id: string;
  kind: MemoryKind;
  startedAtMs: number;
}

/** What one memory kind remembers between readings. `level` is null before the first reading. */
export interface KindState {
  level: Level | null;
  episode: Episode | null;
  /** Where each level begins, in percent, as the last line said; a foreign tool has limits of its own. */
  thresholdPercent: Record<"warning" | "critical", number>;
  thresholds: Record<"warning" | "critical", ThresholdState>;
  /** Null until a reading was above normal. */
  reachedUnder: ReachedUnder | null;
}

/** A level was entered or left. `direction` up runs the actions of `to`; down to normal runs those of info. */
export interface LevelChange {
  kind: MemoryKind;
  from: Level | null;
  to: Level;
  direction: "up" | "down";
  reading: Reading;
  /** The episode this change belongs to: begun by it, continued, or ended by it. Null for the first normal reading. */
  episode: Episode | null;
  /** Before this reading: one that leaves a level may be of another ceiling. */
  reachedUnder: ReachedUnder | null;
}

export function initialKindState(limits: Limits): KindState {
  return {
    level: null,
    episode: null,
    thresholdPercent: { warning: limits.warningPercent, critical: limits.criticalPercent },
    thresholds: { warning: initialThreshold, critical: initialThreshold },
    reachedUnder: null,
  };
}

/**
 * One reading further. Up at once (after `confirmReadings` in a row); down only when the value has stayed
 * `recoveryPoints` below the level's limit for `recoveryMs`, by `steadyMs`: when the reading was taken, by a clock that is
 * not set. Never mutates `state`.
 */
export function stepKind(
  state: KindState,
  reading: Reading,
  limits: Limits,
  persistence: Persistence,
  steadyMs = reading.atMs,
): { state: KindState; change?: LevelChange } {
  const next = observe(state, { reading, steadyMs }, limits, persistence);
  const { critical, warning } = next.thresholds;
  const level = critical.inside ? "critical" : warning.inside ? "warning" : "normal";
  if (level === state.level) return { state: next };
  const from = state.level;
  const episode = state.episode ?? (level === "normal" ? null : beginEpisode(reading));
  next.level = level;
  next.episode = level === "normal" ? null : episode;
  const direction = severity(level) > severity(from ?? "normal") ? "up" : "down";
  const { reachedUnder } = state;
  return {
    state: next,
    change: { kind: reading.kind, from, to: level, direction, reading, episode, reachedUnder },
  };
}

/** Takes the reading into the threshold of each level. */
function observe(
  state: KindState,
  { reading, steadyMs }: { reading: Reading; steadyMs: number },
  limits: Limits,
  persistence: Persistence,
): KindState {
  const thresholdPercent = { ...state.thresholdPercent };
  // INFO and WARNING lines print the warning limit, CRIT lines the critical one (facts 1.1).
  thresholdPercent[reading.level === "critical" ? "critical" : "warning"] = reading.thresholdPercent;
  const step = (level: "warning" | "critical") => {
    const limit = { ...levelLimit(limits, level), percent: thresholdPercent[level] };
    const observation = {
      // The line's verdict is obeyed, whatever its numbers say.
      reached: severity(reading.level) >= severity(level),
      clear: isClear(limit, reading, persistence.recoveryPoints),
      steadyMs,
    };
    return stepThreshold(state.thresholds[level], observation, persistence);
  };
  const { level, ceiling, limitKib } = reading;
  return {
    ...state,
    thresholdPercent,
    thresholds: { warning: step("warning"), critical: step("critical") },
    reachedUnder: level === "normal" ? state.reachedUnder : { ceiling, limitKib },
  };
}

function beginEpisode(reading: Reading): Episode {
  return {
    id: `${stampOf(reading.atMs)}-${reading.kind}`,
    kind: reading.kind,
    startedAtMs: reading.atMs,
  };
}
