/** From a change of level to the decisions what to do about it: pure, so that a dry run and a replay cost nothing. */

import type { Action, ActionName, Decision } from "./action.ts";
import type { Config } from "./config.ts";
import type { LevelChange } from "./episode.ts";
import type { Level } from "./level.ts";
import type { MemoryKind } from "./reading.ts";
import { formatDuration } from "./units.ts";

/** vm.overcommit_memory: 0 heuristic, 1 always, 2 strict. */
export type OvercommitMode = 0 | 1 | 2;

/** What a decision depends on beside the change itself. */
export interface Circumstances {
  nowMs: number;
  overcommitMode: OvercommitMode;
  /** When each `kind/action` last ran, over restarts. */
  lastRunMs: Readonly<Record<string, number>>;
}

/** The inherited name of the rule for a kind and level: `warning_phy`, `crit_alloc`, … (facts 1.2). */
export function ruleName(kind: MemoryKind, level: Level): keyof Config["actions"] {
  const levelWord = { normal: "info", warning: "warning", critical: "crit" } as const;
  const kindWord = { physical: "phy", allocated: "alloc" } as const;
  return `${levelWord[level]}_${kindWord[kind]}`;
}

/** Whether readings of `kind` lead to actions; otherwise they are shown as advisory (facts 2.2). */
export function isEnforced(kind: MemoryKind, config: Config, mode: OvercommitMode): boolean {
  if (kind === "physical") return true;
  const { enforce } = config.allocated;
  return enforce === "always" || (enforce === "strict" && mode === 2);
}

/**
 * What to do about `change`, in the order of the configured list. Going up runs the entered level's actions alone;
 * going down runs nothing but, at normal, the info actions: a level was entered once, on the way up.
 */
export function decide(change: LevelChange, config: Config, circumstances: Circumstances): Decision[] {
  if (change.direction === "down" && change.to !== "normal") return [];
  const names = config.actions[ruleName(change.kind, change.to)];
  return names.map((name) => decideOne(toAction(name, change), config, circumstances));
}

/** The key under which an action's last run is remembered. */
export function cooldownKey(action: Pick<Action, "kind" | "do">): string {
  return `${action.kind}/${action.do}`;
}

function toAction(name: ActionName, change: LevelChange): Action {
  return {
    do: name,
    kind: change.kind,
    level: change.to,
    episodeId: change.episode?.id ?? null,
    reading: change.reading,
  };
}

function decideOne(
  action: Action,
  config: Config,
  { nowMs, overcommitMode, lastRunMs }: Circumstances,
): Decision {
  if (!isEnforced(action.kind, config, overcommitMode)) {
    const reason = `advisory: vm.overcommit_memory is ${overcommitMode}, so CommitLimit does not bind`;
    return { action, verdict: "skip", reason };
  }
  const cooldownMs = cooldownOf(action.do, config);
  const sinceMs = nowMs - (lastRunMs[cooldownKey(action)] ?? Number.NEGATIVE_INFINITY);
  // A last run in the future (clock set back) must not silence the action.
  if (sinceMs >= 0 && sinceMs < cooldownMs) {
    const reason = `cool-down: it ran ${formatDuration(sinceMs)} ago, and again after ${formatDuration(cooldownMs)} at the earliest`;
    return { action, verdict: "skip", reason };
  }
  return { action, verdict: "run" };
}

function cooldownOf(name: ActionName, config: Config): number {
  switch (name) {
    case "debug-dump":
      return config.debug_dump.cooldown;
    case "crash-dump":
      return config.crash_dump.cooldown;
  }
}
