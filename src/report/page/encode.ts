/** All samples of a report in one text: deltas as varints, gzip, base64. A week of six processes is some 5 MB. */

import { gzipSync } from "node:zlib";
import type { Series } from "../series/series.ts";
import { thin } from "../series/thin.ts";
import type { PageSeries, PageSource } from "./client/page-model.ts";

/** Above these a page would take a browser's memory or a mail's size: each series keeps its extremes alone. */
const valuesMax = 12_000_000;
const base64Max = 7_500_000;
/** About what 7.5 MB hold of a noisy host. */
const thinnedValues = 3_000_000;

export interface PageData {
  /** Columns of times in the order in which they stand in `base64`, before those of the series. */
  times: { count: number; gapMs: number }[];
  series: PageSeries[];
  base64: string;
  /** Of each series, the lowest and highest of so many ms are kept; absent: every sample is. */
  thinnedMs?: number;
}

/** `isThinned`: the recording has extremes alone; its series share no times, and more than a little never fits. */
export function encodePage(sources: readonly PageSource[], { isThinned = false } = {}): PageData {
  const values = sources.reduce((sum, { series }) => sum + series.kib.length, 0);
  const isTooMuch = values > (isThinned ? thinnedValues : valuesMax);
  let data = isTooMuch ? encodeThinned(sources, thinnedValues) : encode(sources);
  // How well it packs is known only afterwards; thinned series no longer share their times.
  for (let rounds = 0; data.base64.length > base64Max && rounds < 5; rounds++) {
    const kept =
      data.thinnedMs === undefined
        ? values / 2
        : data.series.reduce((sum, { time }) => sum + (data.times[time]?.count ?? 0), 0);
    const wanted = (kept * base64Max * 0.9) / data.base64.length;
    Bun.gc(true);
    data = encodeThinned(sources, wanted);
  }
  return data;
}

/** At most `valuesWanted` in all: the lowest and highest of whole seconds. */
function encodeThinned(sources: readonly PageSource[], valuesWanted: number): PageData {
  const spanMs = Math.max(...sources.map(({ series: { atMs } }) => (atMs.at(-1) ?? 0) - (atMs[0] ?? 0)));
  const thinnedMs = Math.ceil((2 * sources.length * spanMs) / valuesWanted / 1000) * 1000;
  const thinned = sources.map((source) => ({ ...source, series: thin(source.series, thinnedMs) }));
  return { ...encode(thinned), thinnedMs };
}

function encode(sources: readonly PageSource[]): PageData {
  const times: Series[] = [];
  const writer = varintWriter();
  const series = sources.map(({ series: own, ...described }): PageSeries => {
    let time = times.findIndex((known) => areEqual(known.atMs, own.atMs));
    if (time < 0) time = times.push(own) - 1;
    return { ...described, time, unitKib: unitOf(own.kib) };
  });
  for (const { atMs } of times) writer.writeTimes(atMs);
  for (const [index, { series: own }] of sources.entries())
    writer.writeValues(own.kib, series[index]?.unitKib ?? 1);
  // Level 4: within 2 % of level 6 on such data, in half of the time.
  const base64 = gzipSync(writer.bytes(), { level: 4 }).toString("base64");
  return { times: times.map(({ atMs, gapMs }) => ({ count: atMs.length, gapMs })), series, base64 };
}

/** What all values are a multiple of: RSS comes in pages of 4 KiB, which saves two bits a sample. */
function unitOf(kib: Float64Array): number {
  let unit = 0;
  for (let index = 0; index < kib.length && unit !== 1; index++) {
    const value = Math.round(kib[index] ?? 0);
    if (unit === 0 || value % unit !== 0) unit = greatestDivisor(unit, value);
  }
  return Math.max(1, unit);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

function areEqual(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

/** Whole numbers in groups of 7 bits, low ones first; the sign in the lowest bit (zigzag). */
function varintWriter() {
  let bytes = new Uint8Array(1 << 20);
  let length = 0;
  const put = (value: number) => {
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    while (rest >= 128) {
      bytes[length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    bytes[length++] = rest;
  };
  /** A varint takes 8 bytes at most. */
  const reserve = (values: number) => {
    if (length + values * 8 <= bytes.length) return;
    const larger = new Uint8Array(Math.max(bytes.length * 2, length + values * 8));
    larger.set(bytes.subarray(0, length));
    bytes = larger;
  };
  const chunk = 65_536;
  return {
    /** Differences of differences: 0 for a steady tick. */
    writeTimes(column: Float64Array) {
      let previous = 0;
      let step = 0;
      for (let index = 0; index < column.length; index++) {
        if (index % chunk === 0) reserve(chunk);
        const value = Math.round(column[index] ?? 0);
        put(value - previous - step);
        step = value - previous;
        previous = value;
      }
    },
    writeValues(column: Float64Array, unit: number) {
      let previous = 0;
      for (let index = 0; index < column.length; index++) {
        if (index % chunk === 0) reserve(chunk);
        const value = Math.round((column[index] ?? 0) / unit);
        put(value - previous);
        previous = value;
      }
    },
    bytes: () => bytes.subarray(0, length),
  };
}
