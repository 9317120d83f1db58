/** All samples of a report in one text: deltas as varints, gzip, base64. A week of six processes is some 5 MB. */

import { gzipSync } from "node:zlib";
import { numberAt } from "../series/column.ts";
import type { Series } from "../series/series.ts";
import { thin } from "../series/thin.ts";
import type { PageSeries } from "./client/page-model.ts";
import { varintWriter } from "./varint-writer.ts";

/** A series of the page before its samples are packed. */
export type PageSource = Omit<PageSeries, "time" | "unitKib"> & { series: Series };

/** Above these a page would take a browser's memory or a mail's size: each series keeps its extremes alone. */
const valuesMax = 12_000_000;
const base64Max = 7_500_000;
/** About what 7.5 MB hold of a noisy host. */
const thinnedValues = 3_000_000;

export interface PageData {
  /** The columns of times, in the order in which `base64` has them; the values of the series follow. */
  times: { count: number; gapMs: number }[];
  series: PageSeries[];
  base64: string;
  /** Of each series, the lowest and highest of so many ms are kept; absent: every sample is. */
  thinnedMs?: number;
}

/**
 * Packs every sample; where there are too many, the extremes alone. `isThinned`: the recording itself holds nothing but
 * extremes, and since its series share no times, fewer values fit.
 */
export function encodePage(sources: readonly PageSource[], { isThinned = false } = {}): PageData {
  const count = valuesOf(sources);
  const isTooMuch = count > (isThinned ? thinnedValues : valuesMax);
  let packed = isTooMuch ? packThinned(sources, thinnedValues) : { kept: count / 2, data: pack(sources) };
  // How well it packs is known only afterwards.
  for (let rounds = 0; packed.data.base64.length > base64Max && rounds < 5; rounds++) {
    const wanted = (packed.kept * base64Max * 0.9) / packed.data.base64.length;
    Bun.gc(true);
    packed = packThinned(sources, wanted);
  }
  return packed.data;
}

interface Packed {
  data: PageData;
  /** Values in `data`; only half of them where series share their times, since thinned series no longer do. */
  kept: number;
}

/** At most `valuesWanted` in all: the lowest and highest of whole seconds. */
function packThinned(sources: readonly PageSource[], valuesWanted: number): Packed {
  const spanMs = Math.max(...sources.map(({ series }) => spanOf(series.atMs)));
  const thinnedMs = Math.ceil((2 * sources.length * spanMs) / valuesWanted / 1000) * 1000;
  const thinned = sources.map((source) => ({ ...source, series: thin(source.series, thinnedMs) }));
  return { data: { ...pack(thinned), thinnedMs }, kept: valuesOf(thinned) };
}

function valuesOf(sources: readonly PageSource[]): number {
  return sources.reduce((sum, { series }) => sum + series.kib.length, 0);
}

function spanOf(atMs: Float64Array): number {
  return atMs.length === 0 ? 0 : numberAt(atMs, atMs.length - 1) - numberAt(atMs, 0);
}

function pack(sources: readonly PageSource[]): PageData {
  const times: Series[] = [];
  const columns = sources.map(({ series, ...described }) => {
    let time = times.findIndex(({ atMs }) => areEqual(atMs, series.atMs));
    if (time < 0) time = times.push(series) - 1;
    return { kib: series.kib, described: { ...described, time, unitKib: unitOf(series.kib) } };
  });
  const writer = varintWriter();
  for (const { atMs } of times) writer.writeTimes(atMs);
  for (const { kib, described } of columns) writer.writeValues(kib, described.unitKib);
  // Level 4: within 2 % of level 6 on such data, in half of the time.
  const base64 = gzipSync(writer.bytes(), { level: 4 }).toString("base64");
  return {
    times: times.map(({ atMs, gapMs }) => ({ count: atMs.length, gapMs })),
    series: columns.map(({ described }) => described),
    base64,
  };
}

/** What all values are a multiple of: RSS comes in pages of 4 KiB, which saves two bits a sample. */
function unitOf(kib: Float64Array): number {
  let unit = 0;
  for (let index = 0; index < kib.length && unit !== 1; index++) {
    const value = Math.round(numberAt(kib, index));
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
