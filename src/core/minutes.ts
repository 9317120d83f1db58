/** The lowest and the highest value of each minute of a day. */

/** One day. Two columns of 8 bytes: 23 KB. */
export const minutesKept = 1440;

export interface Minute {
  minute: number;
  low: number;
  high: number;
}

/** Of some minutes in a row: those that were observed, and what was between their lows and highs. */
export interface Span extends Omit<Minute, "minute"> {
  observed: number;
}

export interface Minutes {
  take(minute: Minute): void;
  /** Of the minutes from `from` to before `to`; `low` and `high` are infinite where none was observed. */
  span(from: number, to: number): Span;
}

/** A minute is a number by any clock that does not go back. What is older than a day before the newest is dropped. */
export function createMinutes(): Minutes {
  const lows = new Float64Array(minutesKept).fill(Number.POSITIVE_INFINITY);
  const highs = new Float64Array(minutesKept).fill(Number.NEGATIVE_INFINITY);
  let newest = Number.NEGATIVE_INFINITY;
  const clear = (minute: number) => {
    lows[placeOf(minute)] = Number.POSITIVE_INFINITY;
    highs[placeOf(minute)] = Number.NEGATIVE_INFINITY;
  };
  return {
    take({ minute, low, high }) {
      if (minute <= newest - minutesKept) return;
      // What was a day ago makes room, that of the minutes without a value too.
      for (let at = Math.max(newest + 1, minute - minutesKept + 1); at <= minute; at++) clear(at);
      newest = Math.max(newest, minute);
      const place = placeOf(minute);
      lows[place] = Math.min(lows[place] ?? low, low);
      highs[place] = Math.max(highs[place] ?? high, high);
    },
    span(from, to) {
      const span = { observed: 0, low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
      for (let at = Math.max(from, newest - minutesKept + 1); at < Math.min(to, newest + 1); at++) {
        const low = lows[placeOf(at)] ?? Number.POSITIVE_INFINITY;
        if (low === Number.POSITIVE_INFINITY) continue;
        span.observed++;
        span.low = Math.min(span.low, low);
        span.high = Math.max(span.high, highs[placeOf(at)] ?? low);
      }
      return span;
    },
  };
}

function placeOf(minute: number): number {
  return ((minute % minutesKept) + minutesKept) % minutesKept;
}
