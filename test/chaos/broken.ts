/** What a fault throws where it was not held. */

export class Broken extends Error {}

/** Throws Broken with `otherwise` unless `held`. */
export function must(held: unknown, otherwise: string): asserts held {
  if (held === false || held === undefined || held === null) throw new Broken(otherwise);
}
