/** All samples of a report in one text: deltas as varints, gzip, base64. A week of six processes is some 5 MB. */

import type { KibColumn } from "../../core/recording.ts";
import { kibAt, numberAt } from "../series/column.ts";
import type { Series } from "../series/series.ts";
import { thin } from "../series/thin.ts";
import type { PageColumn, PageSeries } from "./client/page-model.ts";
import { packedText } from "./packed-text.ts";
import { varintPieces } from "./varint-pieces.ts";

/** A series of the page before its samples are packed. */
export type PageSource = Omit<PageSeries, "column"> & { series: Series };

/** Above these a page would take a browser's memory or a mail's size: each series keeps its extremes alone. */
const valuesMax = 12_000_000;
const base64Max = 7_500_000;
/** About what 7.5 MB hold of a noisy host. */
const thinnedValues = 3_000_000;

export interface PageData {
  /** The columns of times, in the order in which `base64` has them; `columns` follow. */
  times: { count: number; gapMs: number }[];
  /** The columns of values, each once, however many charts show it. */
  columns: PageColumn[];
  series: PageSeries[];
  /** In pieces. */
  base64: string[];
  /** Of each series, the lowest and highest of so many ms are kept; absent: every sample is. */
  thinnedMs?: number;
}

/**
 * Packs every sample; where there are too many, the extremes alone. `isThinned`: the recording itself holds nothing but
 * extremes, and since its series share no times, fewer values fit.
 */
export async function encodePage(
  sources: readonly PageSource[],
  { isThinned = false } = {},
): Promise<PageData> {
  const whole = [...new Set(sources.map(({ series }) => series))];
  const count = valuesOf(whole);
  const isTooMuch = count > (isThinned ? thinnedValues : valuesMax);
  let packed = isTooMuch
    ? await packThinned(sources, whole, thinnedValues)
    : { kept: count / 2, data: await pack(sources, whole) };
  // How well it packs is known only afterwards.
  for (let rounds = 0; lengthOf(packed.data) > base64Max && rounds < 5; rounds++) {
    const wanted = (packed.kept * base64Max * 0.9) / lengthOf(packed.data);
    Bun.gc(true);
    packed = await packThinned(sources, whole, wanted);
  }
  return packed.data;
}

interface Packed {
  data: PageData;
  /** Values in `data`; only half of them where series share their times, since thinned series no longer do. */
  kept: number;
}

/** At most `valuesWanted` in all: the lowest and highest of whole seconds. */
async function packThinned(
  sources: readonly PageSource[],
  whole: readonly Series[],
  valuesWanted: number,
): Promise<Packed> {
  const spanMs = Math.max(...whole.map(({ atMs }) => spanOf(atMs)));
  const thinnedMs = Math.ceil((2 * whole.length * spanMs) / valuesWanted / 1000) * 1000;
  const thinned = new Map(whole.map((series) => [series, thin(series, thinnedMs)]));
  const shown = sources.map((source) => ({ ...source, series: thinned.get(source.series) ?? source.series }));
  const data = await pack(shown, [...thinned.values()]);
  return { data: { ...data, thinnedMs }, kept: valuesOf([...thinned.values()]) };
}

function valuesOf(all: readonly Series[]): number {
  return all.reduce((sum, { kib }) => sum + kib.length, 0);
}

function lengthOf({ base64 }: PageData): number {
  return base64.reduce((sum, { length }) => sum + length, 0);
}

function spanOf(atMs: Float64Array): number {
  return atMs.length === 0 ? 0 : numberAt(atMs, atMs.length - 1) - numberAt(atMs, 0);
}

/** `whole`: the series of the sources, each once. */
async function pack(sources: readonly PageSource[], whole: readonly Series[]): Promise<PageData> {
  const times: Series[] = [];
  const columns = whole.map((series): PageColumn => {
    let time = times.findIndex(({ atMs }) => areEqual(atMs, series.atMs));
    if (time < 0) time = times.push(series) - 1;
    return { time, unitKib: unitOf(series.kib) };
  });
  const values = whole.map(({ kib }, index) => ({ kib, unitKib: columns[index]?.unitKib ?? 1 }));
  return {
    times: times.map(({ atMs, gapMs }) => ({ count: atMs.length, gapMs })),
    columns,
    series: sources.map(({ series, ...described }) => ({ ...described, column: whole.indexOf(series) })),
    base64: await packedText(varintPieces({ times: times.map(({ atMs }) => atMs), values })),
  };
}

/** What all values are a multiple of: RSS comes in pages of 4 KiB, which saves two bits a sample. */
function unitOf(kib: KibColumn): number {
  let unit = 0;
  for (let index = 0; index < kib.length && unit !== 1; index++) {
    const value = Math.round(kibAt(kib, index));
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
