/** What one metric says at one moment, before it is text. Names and units as Prometheus asks for them. */

export interface Family {
  /** In base units: bytes, seconds, ratios. A counter's ends in `_total`. */
  name: string;
  help: string;
  type: "gauge" | "counter";
  samples: Sample[];
}

/** The labels of all samples of a family have the same names. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

export function gauge(name: string, help: string, samples: readonly Sample[] | number | undefined): Family {
  return { name, help, type: "gauge", samples: samplesOf(samples) };
}

export function counter(name: string, help: string, samples: readonly Sample[] | number | undefined): Family {
  return { name, help, type: "counter", samples: samplesOf(samples) };
}

/** One series for each state, 1 for the one it is in: so a state can be counted, and no number has to be learnt. */
export function stateSet<S extends string>(
  name: string,
  help: string,
  states: { label: string; of: readonly S[]; now: S | undefined },
): Family {
  const { label, of, now } = states;
  const samples = of.map((state) => ({ labels: { [label]: state }, value: state === now ? 1 : 0 }));
  return gauge(name, help, now === undefined ? undefined : samples);
}

export function flag(is: boolean): number {
  return is ? 1 : 0;
}

export function bytes(kib: number): number {
  return kib * 1024;
}

/** What is not known has no sample: a 0 would be read as a measurement. */
function samplesOf(samples: readonly Sample[] | number | undefined): Sample[] {
  if (samples === undefined) return [];
  return typeof samples === "number" ? [{ labels: {}, value: samples }] : [...samples];
}
