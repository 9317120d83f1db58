/** The samples of the page: base64, gzip, varints; the counterpart of encode.ts. */

import type { Series } from "../../series/series.ts";
import type { PageHeader } from "./page-model.ts";

/** One series for each of `header.series`, in that order. Rejects when the text is cut or not what the header says. */
export async function decodeSamples(base64: string, header: PageHeader): Promise<Series[]> {
  const packed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const reader = varintReader(new Uint8Array(await new Response(stream).arrayBuffer()));
  const times = header.times.map(({ count, gapMs }) => ({ atMs: reader.readTimes(count), gapMs }));
  const columns = header.columns.map(({ time, unitKib }): Series => {
    const own = times[time];
    if (!own) throw new Error("the samples in this file have no times for their values");
    return { ...own, kib: reader.readValues(own.atMs.length, unitKib) };
  });
  return header.series.map(({ id, column }) => {
    const series = columns[column];
    if (!series) throw new Error(`the samples in this file have no values for ${id}`);
    return series;
  });
}

function varintReader(bytes: Uint8Array) {
  let position = 0;
  const nextByte = (): number => {
    const byte = bytes[position++];
    if (byte === undefined) throw new Error("the samples in this file are cut short");
    return byte;
  };
  const next = (): number => {
    let byte = nextByte();
    let value = byte & 127;
    let scale = 1;
    while (byte > 127) {
      byte = nextByte();
      scale *= 128;
      value += (byte & 127) * scale;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  return {
    readTimes(count: number): Float64Array {
      const column = new Float64Array(count);
      let previous = 0;
      let step = 0;
      for (let index = 0; index < count; index++) {
        step += next();
        previous += step;
        column[index] = previous;
      }
      return column;
    },
    readValues(count: number, unitKib: number): Float64Array {
      const column = new Float64Array(count);
      let previous = 0;
      for (let index = 0; index < count; index++) {
        previous += next();
        column[index] = previous * unitKib;
      }
      return column;
    },
  };
}
