/** A change of level in words: for the operator, the log and the history. */

import { advisoryWords } from "../core/advisory.ts";
import { ceilingChange } from "../core/ceiling-change.ts";
import { type Config, limitsOf, persistenceOf } from "../core/config.ts";
import type { LevelChange } from "../core/episode.ts";
import { kindWords } from "../core/kind-words.ts";
import { levelLimit } from "../core/level.ts";
import type { Levels } from "../core/levels.ts";
import { memoryKinds } from "../core/reading.ts";
import { formatKib, formatTime, percentOf } from "../core/units.ts";
import type { Meter } from "../linux/meter.ts";

/** `isAdvisory`: readings of this kind lead to no action here (facts 2.2). */
export function describeLevel(
  change: LevelChange,
  config: Config,
  { meter, isAdvisory = false }: { meter: Meter; isAdvisory?: boolean },
): string {
  const { kind, from, to, reading } = change;
  const percent = percentOf(reading.usedKib, reading.limitKib, 2);
  const use = `${formatKib(reading.usedKib)} of ${formatKib(reading.limitKib)} (${percent} %)`;
  if (isAdvisory && to !== "normal") return `${kindWords[kind]} memory is ${to}, ${advisoryWords}: ${use}`;
  if (change.direction === "up" || !from) return `${kindWords[kind]} memory is ${to}: ${use}`;
  const why = ceilingChangeNow(change, config, meter);
  if (why === undefined) return `${kindWords[kind]} memory is back to ${to}: ${use}`;
  return `${kindWords[kind]} memory is back to ${to} because its ceiling has changed, not because memory was freed (${why}): ${use}`;
}

/** What the last readings said, as a sentence: for when there are no newer ones. */
export function lastKnownText(levels: Pick<Levels, "latest" | "state">): string {
  const known = memoryKinds.flatMap((kind) => {
    const reading = levels.latest(kind);
    if (!reading) return [];
    const percent = percentOf(reading.usedKib, reading.limitKib, 2);
    return [`${kindWords[kind]} ${levels.state(kind).level} (${percent} %) at ${formatTime(reading.atMs)}`];
  });
  return known.length === 0 ? "It was never measured." : `Last known: ${known.join(", ")}.`;
}

/** Measured now: that another ceiling binds does not say what became of the one before. */
function ceilingChangeNow(change: LevelChange, config: Config, meter: Meter): string | undefined {
  const { kind, from, reading, reachedUnder } = change;
  if (!reachedUnder || !from || from === "normal") return undefined;
  const { recoveryPoints } = persistenceOf(kind, config);
  const limit = levelLimit(limitsOf(kind, config), from);
  const measure = () => {
    try {
      const { ceilings, readings } = meter.measure(config);
      const { allocated } = readings;
      return kind === "physical" ? ceilings : allocated ? [{ ...allocated, name: allocated.ceiling }] : [];
    } catch {
      return [{ ...reading, name: reading.ceiling }];
    }
  };
  return ceilingChange(kind, reachedUnder, { now: measure(), limit, recoveryPoints });
}
