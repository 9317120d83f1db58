/** The level of one memory kind over time: when it is entered, when it is left, and which episode that belongs to. */

import { type Level, type Limits, levels, severity } from "./level.ts";
import type { MemoryKind, Reading } from "./reading.ts";

/** From the first reading above normal to the recovery. `id` names its incident and is unique per start time and kind. */
export interface Episode {
  id: string;
  kind: MemoryKind;
  startedAtMs: number;
}

/** What one memory kind remembers between readings. `level` is null before the first reading. */
export interface KindState {
  level: Level | null;
  levelSinceMs: number;
  episode: Episode | null;
  /** Where each level begins, in percent, as last told by a line; a foreign tool has limits of its own. */
  thresholdPercent: Record<"warning" | "critical", number>;
  /** Since when the value has been clear of each level, or null. */
  clearSinceMs: Record<"warning" | "critical", number | null>;
  /** Readings in a row at or above each level, for `confirm`. */
  readingsAtOrAbove: Record<"warning" | "critical", number>;
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
}

/** How a level is left and confirmed. Defaults of the design: 2 points, 10 s, 1 reading. */
export interface Persistence {
  recoveryPoints: number;
  recoveryMs: number;
  confirmReadings: number;
}

export function initialKindState(limits: Limits): KindState {
  return {
    level: null,
    levelSinceMs: 0,
    episode: null,
    thresholdPercent: { warning: limits.warningPercent, critical: limits.criticalPercent },
    clearSinceMs: { warning: null, critical: null },
    readingsAtOrAbove: { warning: 0, critical: 0 },
  };
}

/**
 * One reading further. Up at once (after `confirmReadings` in a row); down only when the value has stayed
 * `recoveryPoints` below the level's limit for `recoveryMs`. Never mutates `state`.
 */
export function stepKind(
  state: KindState,
  reading: Reading,
  limits: Limits,
  persistence: Persistence,
): { state: KindState; change?: LevelChange } {
  const next = observe(state, reading, limits, persistence);
  const level = nextLevel(next, reading, persistence);
  if (level === state.level) return { state: next };
  const from = state.level;
  const episode = state.episode ?? (level === "normal" ? null : beginEpisode(reading));
  next.level = level;
  next.levelSinceMs = reading.atMs;
  next.episode = level === "normal" ? null : episode;
  const direction = severity(level) > severity(from ?? "normal") ? "up" : "down";
  return { state: next, change: { kind: reading.kind, from, to: level, direction, reading, episode } };
}

/** Takes the reading into the timers and counters of each level. */
function observe(state: KindState, reading: Reading, limits: Limits, persistence: Persistence): KindState {
  const next: KindState = {
    ...state,
    thresholdPercent: { ...state.thresholdPercent },
    clearSinceMs: { ...state.clearSinceMs },
    readingsAtOrAbove: { ...state.readingsAtOrAbove },
  };
  // INFO and WARNING lines print the warning limit, CRIT lines the critical one (facts 1.1).
  next.thresholdPercent[reading.level === "critical" ? "critical" : "warning"] = reading.thresholdPercent;
  for (const level of ["warning", "critical"] as const) {
    const at = severity(reading.level) >= severity(level);
    next.readingsAtOrAbove[level] = at ? state.readingsAtOrAbove[level] + 1 : 0;
    const clear = !at && isClear(next.thresholdPercent[level], level, reading, limits, persistence);
    const since = state.clearSinceMs[level];
    // A clock set back restarts the wait instead of stretching it by the step.
    next.clearSinceMs[level] = clear ? (since === null || since > reading.atMs ? reading.atMs : since) : null;
  }
  return next;
}

/** Whether the value is `recoveryPoints` below where the level begins; with a free limit, where both conditions meet. */
function isClear(
  thresholdPercent: number,
  level: "warning" | "critical",
  reading: Reading,
  limits: Limits,
  { recoveryPoints }: Persistence,
): boolean {
  const freeKib = level === "critical" ? limits.criticalFreeKib : limits.warningFreeKib;
  const freePercent = freeKib === undefined ? 0 : 100 - (100 * freeKib) / reading.limitKib;
  const beginsAt = Math.max(thresholdPercent, freePercent);
  return (100 * reading.usedKib) / reading.limitKib <= beginsAt - recoveryPoints;
}

function nextLevel(state: KindState, reading: Reading, persistence: Persistence): Level {
  const current = state.level ?? "normal";
  let next: Level = "normal";
  for (const level of levels) {
    if (level === "normal") continue;
    const held = severity(current) >= severity(level) && !hasLeft(state, level, reading.atMs, persistence);
    const entered = state.readingsAtOrAbove[level] >= persistence.confirmReadings;
    if (held || entered) next = level;
  }
  return next;
}

function hasLeft(
  state: KindState,
  level: "warning" | "critical",
  nowMs: number,
  { recoveryMs }: Persistence,
): boolean {
  const since = state.clearSinceMs[level];
  return since !== null && nowMs - since >= recoveryMs;
}

function beginEpisode(reading: Reading): Episode {
  const stamp = new Date(reading.atMs).toISOString().replace(/[-:]/g, "").replace(".", "-").replace("Z", "");
  return { id: `${stamp}-${reading.kind}`, kind: reading.kind, startedAtMs: reading.atMs };
}
