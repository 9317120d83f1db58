/** How fast memory changes right now, from what was measured in the last minute. Pure. */

export interface UsePoint {
  atMs: number;
  usedKib: number;
}

/** 0: what it does is no more than its noise. */
export interface Trend {
  kibPerSecond: number;
}

/** The newest stretch that tells something counts: growth that began 5 s ago is not thinned by the minute before it. */
const stretchesMs = [10_000, 60_000];
/** Nothing more is needed of the past. */
export const trendMs = 60_000;
const pointsMin = 5;
/** Less is what memory does at any time. */
const changeKibMin = 1024;
/** How often the change must be the deviation from its line. */
const noiseFactor = 4;

/** By points in the order of time; undefined where they are too few. */
export function trendOf(points: readonly UsePoint[]): Trend | undefined {
  const lastMs = points.at(-1)?.atMs ?? 0;
  const lines = stretchesMs.flatMap((ms) => lineOf(points.filter(({ atMs }) => lastMs - atMs <= ms)) ?? []);
  if (lines.length === 0) return undefined;
  const telling = lines.find(
    ({ changeKib, deviationKib }) =>
      Math.abs(changeKib) >= Math.max(changeKibMin, noiseFactor * deviationKib),
  );
  return { kibPerSecond: telling?.kibPerSecond ?? 0 };
}

/** How long until `atKib` is used at this rate, in ms; undefined where it is not on the way there. */
export function timeToMs({ kibPerSecond }: Trend, usedKib: number, atKib: number): number | undefined {
  if (kibPerSecond <= 0 || usedKib >= atKib) return undefined;
  return ((atKib - usedKib) * 1000) / kibPerSecond;
}

interface Line {
  kibPerSecond: number;
  changeKib: number;
  deviationKib: number;
}

/** By least squares. */
function lineOf(points: readonly UsePoint[]): Line | undefined {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last || points.length < pointsMin || last.atMs <= first.atMs) return undefined;
  const meanMs = mean(points.map(({ atMs }) => atMs));
  const meanKib = mean(points.map(({ usedKib }) => usedKib));
  let product = 0;
  let square = 0;
  for (const { atMs, usedKib } of points) {
    product += (atMs - meanMs) * (usedKib - meanKib);
    square += (atMs - meanMs) ** 2;
  }
  const kibPerMs = product / square;
  const squares = points.map(({ atMs, usedKib }) => (usedKib - meanKib - kibPerMs * (atMs - meanMs)) ** 2);
  return {
    kibPerSecond: kibPerMs * 1000,
    changeKib: kibPerMs * (last.atMs - first.atMs),
    deviationKib: Math.sqrt(mean(squares)),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
