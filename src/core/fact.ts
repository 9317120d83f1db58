/** Readers of facts that another process wrote: each gives a value of its kind, or undefined. */

/** Reads one fact; undefined when the value is not of its kind. */
export type Reader<T> = (value: unknown) => T | undefined;
export type Fact<R> = R extends Reader<infer T> ? T : never;

export const asText: Reader<string> = (value) => (typeof value === "string" ? value : undefined);
export const asFlag: Reader<boolean> = (value) => (typeof value === "boolean" ? value : undefined);
export const asWhole: Reader<number> = (value) => (Number.isInteger(value) ? (value as number) : undefined);
export const asNumber: Reader<number> = (value) => (typeof value === "number" ? value : undefined);
export const asTexts: Reader<string[]> = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
/** Kept for people and for other programs; nsomem does not read it back. */
export const anyValue: Reader<unknown> = (value) => value;

export function oneOf<T extends string>(words: readonly T[]): Reader<T> {
  return (value) => words.find((word) => word === value);
}

/** Also null, which says that it was looked for and is not there. */
export function orNull<T>(read: Reader<T>): Reader<T | null> {
  return (value) => (value === null ? null : read(value));
}

/** An object; an older version may have written less of it. */
export function parts<F extends Record<string, Reader<unknown>>>(
  readers: F,
): Reader<{ [K in keyof F]?: Fact<F[K]> | undefined }> {
  return (value) => (isRecord(value) ? (readFacts(value, readers) as never) : undefined);
}

/** An object with all of these, but for those that are `optional`; in this order. */
export function whole<F extends Readers, O extends keyof F = never>(
  readers: F,
  ...optional: O[]
): Reader<{ [K in Exclude<keyof F, O>]: Fact<F[K]> } & { [K in O]?: Fact<F[K]> }> {
  const required = Object.keys(readers).filter((name) => !optional.some((one) => one === name));
  return (value) => {
    if (!isRecord(value)) return undefined;
    const read = readFacts(value, readers);
    return required.every((name) => Object.hasOwn(read, name)) ? (read as never) : undefined;
  };
}

type Readers = Record<string, Reader<unknown>>;

/** The items that can be read; undefined when it is no list at all. */
export function listOf<T>(read: Reader<T>): Reader<T[]> {
  return (value) => (Array.isArray(value) ? value.flatMap((item) => read(item) ?? []) : undefined);
}

/** The values that can be read by their names, at most `max`; undefined when it is no object. */
export function mapOf<T>(read: Reader<T>, max: number): Reader<Record<string, T>> {
  return (value) => {
    if (!isRecord(value)) return undefined;
    const entries = Object.entries(value).flatMap(([name, one]) => {
      const fact = read(one);
      return fact === undefined ? [] : [[name, fact] as const];
    });
    return Object.fromEntries(entries.slice(0, max));
  };
}

/** The facts that can be read; of others there is no property. */
export function readFacts(
  facts: Record<string, unknown>,
  readers: Record<string, Reader<unknown>>,
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, reader] of Object.entries(readers)) {
    const value = Object.hasOwn(facts, name) ? reader(facts[name]) : undefined;
    if (value !== undefined) read[name] = value;
  }
  return read;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
