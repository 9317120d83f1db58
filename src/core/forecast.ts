/** When memory becomes critical if it goes on growing as it does; nothing where that is not sure. Pure. */

import { isSameCeiling } from "./ceiling-name.ts";
import { createMinutes, type Minute, type Minutes } from "./minutes.ts";
import { type Rise, riseOf } from "./rise.ts";

export interface Forecast {
  kibPerMinute: number;
  /** Until the critical limit is reached: rather earlier than what comes true. 0 where it is reached already. */
  inMs: number;
  /** The growth was seen over so long. */
  windowMs: number;
}

/** One value of what is measured against a ceiling; by a clock that nobody sets. */
export interface ForecastValue {
  steadyMs: number;
  ceiling: string;
  usedKib: number;
}

export interface Forecaster {
  take(value: ForecastValue): void;
  /**
   * What was recorded earlier of this ceiling: a minute's lowest and highest value, at a time within it. The next question
   * finds what would have been seen by then.
   */
  restore(value: Omit<Minute, "minute"> & { steadyMs: number; ceiling: string }): void;
  /** Said when it was seen for 5 min, and until it was not for 5 min. `criticalKib`: where critical begins. */
  ask(steadyMs: number, criticalKib: number): Forecast | undefined;
}

/** A question costs 20 µs with a day of minutes: the answers are those of at most this long ago. */
export const askEveryMs = 30_000;
const holdMs = 5 * 60_000;
/** Said from the first on until it is further than the second: what is seen over hours does not go on for a day. */
const beginsMsMax = 4 * 3_600_000;
const endsMsMax = 6 * 3_600_000;
const minuteMs = 60_000;

/** The binding ceiling may change to and fro; each of the two last has minutes of its own. */
const ceilingsMax = 2;

interface OneCeiling {
  ceiling: string;
  minutes: Minutes;
}

export function createForecaster(): Forecaster {
  let known: OneCeiling[] = [];
  let now: OneCeiling | undefined;
  let seen = nothingSeen;
  let isSaid = false;
  let isRestored = false;
  const minutesOf = (ceiling: string): OneCeiling => {
    const found = known.find((one) => isSameCeiling(one.ceiling, ceiling));
    const one = found ?? { ceiling, minutes: createMinutes() };
    if (known[0] !== one) known = [one, ...known.filter((other) => other !== one)].slice(0, ceilingsMax);
    return one;
  };
  return {
    take({ steadyMs, ceiling, usedKib }) {
      // A recording may have lines whose time cannot be told.
      if (Number.isNaN(steadyMs)) return;
      if (now && !isSameCeiling(now.ceiling, ceiling)) seen = nothingSeen;
      now = minutesOf(ceiling);
      now.minutes.take({ minute: minuteOf(steadyMs), low: usedKib, high: usedKib });
    },
    restore({ steadyMs, ceiling, low, high }) {
      minutesOf(ceiling).minutes.take({ minute: minuteOf(steadyMs), low, high });
      isRestored = true;
    },
    ask(steadyMs, criticalKib) {
      if (now && isRestored) {
        isRestored = false;
        seen = seenUntil(now.minutes, steadyMs);
      }
      if (now && steadyMs - seen.askedMs >= askEveryMs)
        seen = lookAgain(seen, riseOf(now.minutes, minuteOf(steadyMs)), steadyMs);
      const forecast = forecastOf(seen, steadyMs, criticalKib);
      isSaid = forecast !== undefined && forecast.inMs <= (isSaid ? endsMsMax : beginsMsMax);
      return isSaid ? forecast : undefined;
    },
  };
}

function minuteOf(steadyMs: number): number {
  return Math.floor(steadyMs / minuteMs);
}

/** What the last questions saw. */
interface Seen {
  askedMs: number;
  /** Since when every question saw a rise; null where the last one did not. */
  risesSinceMs: number | null;
  /** What is said: the last rise that was seen for long enough. */
  said: { rise: Rise; atMs: number } | undefined;
}

const nothingSeen: Seen = { askedMs: Number.NEGATIVE_INFINITY, risesSinceMs: null, said: undefined };

/** What would have been seen by now, had it been asked all along. */
function seenUntil(minutes: Minutes, steadyMs: number): Seen {
  let seen = nothingSeen;
  for (let agoMs = holdMs; agoMs > 0; agoMs -= askEveryMs)
    seen = lookAgain(seen, riseOf(minutes, minuteOf(steadyMs - agoMs)), steadyMs - agoMs);
  return seen;
}

function lookAgain({ risesSinceMs, said }: Seen, rise: Rise | undefined, askedMs: number): Seen {
  if (!rise) {
    const isGone = said === undefined || askedMs - said.atMs >= holdMs;
    return { askedMs, risesSinceMs: null, said: isGone ? undefined : said };
  }
  const sinceMs = risesSinceMs ?? askedMs;
  const isLong = said !== undefined || askedMs - sinceMs >= holdMs;
  return { askedMs, risesSinceMs: sinceMs, said: isLong ? { rise, atMs: askedMs } : undefined };
}

function forecastOf({ said }: Seen, steadyMs: number, criticalKib: number): Forecast | undefined {
  if (!said) return undefined;
  const { kibPerMinute, highKib, windowMinutes } = said.rise;
  const leftMs = ((criticalKib - highKib) / kibPerMinute) * minuteMs - (steadyMs - said.atMs);
  if (Number.isNaN(leftMs)) return undefined;
  return { kibPerMinute, inMs: Math.max(0, leftMs), windowMs: windowMinutes * minuteMs };
}
