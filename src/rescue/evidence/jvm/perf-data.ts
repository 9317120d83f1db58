/** The counters that a HotSpot JVM keeps in a file for `jstat` (facts 7.1). Pure; the file is its user's word. */

export type PerfCounters = ReadonlyMap<string, number | string>;

const magic = 0xcafec0c0;
const headBytes = 32;
/** JDK 17 has 250. */
const entriesMax = 10_000;
const entryHeadBytes = 20;
const types = { long: 0x4a, byte: 0x42 };

/** Undefined where `data` is no such file; an entry that leads out of it ends the reading. */
export function parsePerfData(data: Buffer): PerfCounters | undefined {
  if (data.length < headBytes || data.readUInt32BE(0) !== magic) return undefined;
  const isLittle = data[4] === 1;
  const int = (at: number) => (isLittle ? data.readInt32LE(at) : data.readInt32BE(at));
  const counters = new Map<string, number | string>();
  let at = int(24);
  for (let left = Math.min(int(28), entriesMax); left > 0; left--) {
    if (at < headBytes || at + entryHeadBytes > data.length) break;
    const [length, nameAt, items, valueAt] = [int(at), at + int(at + 4), int(at + 8), at + int(at + 16)] as [
      number,
      number,
      number,
      number,
    ];
    if (length < entryHeadBytes) break;
    const name = textAt(data, nameAt, length);
    const type = data[at + 12];
    if (name !== undefined && type === types.long && valueAt > 0 && valueAt + 8 <= data.length)
      counters.set(name, Number(isLittle ? data.readBigInt64LE(valueAt) : data.readBigInt64BE(valueAt)));
    else if (name !== undefined && type === types.byte)
      counters.set(name, textAt(data, valueAt, Math.max(0, items)) ?? "");
    at += length;
  }
  return counters;
}

/** Up to its NUL or `lengthMax` bytes. */
function textAt(data: Buffer, at: number, lengthMax: number): string | undefined {
  if (at < 0 || at >= data.length) return undefined;
  const piece = data.subarray(at, Math.min(data.length, at + lengthMax));
  const end = piece.indexOf(0);
  return piece.toString("latin1", 0, end < 0 ? piece.length : end);
}
