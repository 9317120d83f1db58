/** Loads of known truth on a host of 64 GiB: memory over time, by a seed. Values in KiB, times in seconds. */

export const hostKib = 64 * 1024 * 1024;
export const criticalKib = 0.95 * hostKib;

export interface Load {
  name: string;
  hours: number;
  /** To be asked with rising times. */
  at: (second: number) => number;
}

/** What becomes critical; the others never do. */
export interface Leak extends Load {
  leads: "promised" | "reported";
}

export interface Calm extends Load {
  alarmsPerDayMax: number | "reported";
}

const mib = 1024;
const day = 86_400;

/** Numbers between 0 and 1 that a seed decides (mulberry32). */
function numbersOf(seed: number): () => number {
  let state = (seed * 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function ingredientsOf(seed: number) {
  const random = numbersOf(seed);
  const noise = (ofMib: number) =>
    Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random()) * ofMib * mib;
  const base = hostKib * (0.45 + 0.15 * random());
  const period = 120 + 900 * random();
  const amplitude = hostKib * (0.08 + 0.12 * random());
  const jobs = Array.from({ length: 40 }, () => ({
    from: random() * day,
    lasts: 300 + random() * 3000,
    size: hostKib * (0.03 + 0.1 * random()),
    ramp: 20 + random() * 240,
  }));
  const stairs = Array.from({ length: 400 }, (_, step) => ({
    from: step * 420 + random() * 240,
    size: (30 + random() * 70) * mib,
  }));
  return {
    random,
    noise,
    base,
    amplitude,
    saw: (t: number) => amplitude * ((t % period) / period),
    jobsAt: (t: number) =>
      jobs.reduce(
        (sum, { from, lasts, size, ramp }) =>
          t < from || t > from + lasts ? sum : sum + size * Math.min(1, (t - from) / ramp),
        0,
      ),
    stairsAt: (t: number) => stairs.reduce((sum, { from, size }) => (t < from ? sum : sum + size), 0),
    /** MiB/min */
    slow: 5 + 20 * random(),
    fast: 150 + 350 * random(),
  };
}

/** Loads that never become critical: an alarm is a false one. */
export function calmLoads(seed: number): Calm[] {
  const { noise, base, amplitude, saw, jobsAt, random } = ingredientsOf(seed);
  const cap = (kib: number) => Math.min(kib, hostKib * 0.925);
  const warmUp = 1200 + 20_000 * random();
  let walk = 0;
  return [
    { name: "flat", hours: 24, alarmsPerDayMax: 0, at: () => base + noise(40) },
    { name: "saw-tooth", hours: 24, alarmsPerDayMax: 0, at: (t) => base + saw(t) + noise(40) },
    {
      name: "saw-tooth up to 93 %",
      hours: 24,
      alarmsPerDayMax: 0,
      at: (t) => hostKib * 0.93 - amplitude + saw(t) + noise(40),
    },
    {
      name: "40 jobs a day",
      hours: 24,
      alarmsPerDayMax: 1,
      at: (t) => cap(base + jobsAt(t)) + noise(40),
    },
    {
      name: "package reloads, +25 % for 2 min",
      hours: 24,
      alarmsPerDayMax: 0,
      at: (t) => base + (t % 7200 < 120 ? hostKib * 0.25 * Math.min(1, (t % 7200) / 40) : 0) + noise(40),
    },
    {
      name: "daily cycle up to 92 %",
      hours: 72,
      alarmsPerDayMax: "reported",
      at: (t) => hostKib * (0.72 - 0.2 * Math.cos((2 * Math.PI * t) / day)) + noise(60),
    },
    {
      name: "warm-up to 93 %",
      hours: 12,
      alarmsPerDayMax: "reported",
      at: (t) => hostKib * (0.5 + 0.43 * (1 - Math.exp(-t / warmUp))) + noise(40),
    },
    {
      name: "wandering",
      hours: 24,
      alarmsPerDayMax: "reported",
      at: () => {
        walk = walk * 0.9995 + noise(60);
        return cap(base + 6000 * mib + walk);
      },
    },
  ];
}

/** Loads that become critical. */
export function leaks(seed: number): Leak[] {
  const { noise, base, amplitude, saw, jobsAt, stairsAt, slow, fast } = ingredientsOf(seed);
  const grown = (t: number, mibPerMinute: number) => (mibPerMinute * mib * t) / 60;
  return [
    {
      name: "slow leak",
      hours: 48,
      leads: "promised",
      at: (t) => criticalKib - slow * 240 * mib + grown(t, slow) + noise(40),
    },
    {
      name: "fast leak",
      hours: 12,
      leads: "promised",
      at: (t) => criticalKib - fast * 75 * mib + grown(t, fast) + noise(60),
    },
    {
      name: "leak that begins after 6 h",
      hours: 24,
      leads: "promised",
      at: (t) => criticalKib - 6000 * mib + grown(Math.max(0, t - 21_600), 3 * slow) + noise(40),
    },
    {
      name: "staircase leak",
      hours: 48,
      leads: "reported",
      at: (t) => criticalKib - 5000 * mib + stairsAt(t) + noise(40),
    },
    {
      name: "slow leak under a saw-tooth",
      hours: 48,
      leads: "reported",
      at: (t) => criticalKib - amplitude - slow * 240 * mib + grown(t, slow) + saw(t) + noise(40),
    },
    {
      name: "leak that speeds up",
      hours: 12,
      leads: "reported",
      at: (t) => base + 40 * mib * Math.exp(t / 1500) + noise(40),
    },
    {
      name: "leak under large jobs",
      hours: 48,
      leads: "reported",
      at: (t) =>
        criticalKib -
        (9000 + slow * 360) * mib +
        grown(t, 2 * slow) +
        Math.min(jobsAt(t % day), 7000 * mib) * 0.6 +
        noise(40),
    },
  ];
}
