/** Numbers and process IDs read from the bytes of a dump: a hundred thousand processes have two million lines. */

const digit0 = 48;
const digit9 = 57;
const letterA = 65;
const letterF = 70;
const dot = 46;

export const newline = 10;

/** The decimal digits at `from`; 0 where there are none. Never more than a safe integer, whatever the file says. */
export function decimalAt(buffer: Buffer, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = (buffer[at] ?? 0) - digit0;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}

/** The same of a text. */
export function decimalOf(text: string | undefined): number {
  const value = Number.parseInt(text ?? "0", 10);
  return Number.isNaN(value) ? 0 : Math.min(Math.max(value, 0), Number.MAX_SAFE_INTEGER);
}

export function isHexDigit(byte: number): boolean {
  return (byte >= digit0 && byte <= digit9) || (byte >= letterA && byte <= letterF);
}

/** The hexadecimal digits at `from` (capitals, as the emulator writes them) and where they end. */
export function hexAt(buffer: Buffer, from: number): { value: number; end: number } {
  let value = 0;
  let end = from;
  for (let byte = buffer[end] ?? 0; isHexDigit(byte); byte = buffer[++end] ?? 0)
    value = value * 16 + (byte <= digit9 ? byte - digit0 : byte - letterA + 10);
  return { value: Math.min(value, Number.MAX_SAFE_INTEGER), end };
}

/** What a PID has beside its node: its number in the lower 28 bits, its serial above. */
const serialFactor = 2 ** 28;

/** Where `byte` stands in `[from, to)`; -1 where it does not. `indexOf` would search the whole buffer for it each time. */
export function indexWithin(buffer: Buffer, byte: number, from: number, to: number): number {
  for (let at = from; at < to; at++) if (buffer[at] === byte) return at;
  return -1;
}

/** The local process `<0.NUMBER.SERIAL>` as one number; -1 where there is none. */
export function pidKeyAt(buffer: Buffer, from: number, to: number): number {
  const one = indexWithin(buffer, dot, from, to);
  const two = one < 0 ? -1 : indexWithin(buffer, dot, one + 1, to);
  if (two < 0) return -1;
  return pidKey(decimalAt(buffer, one + 1, two), decimalAt(buffer, two + 1, to));
}

export function pidKeyOf(text: string): number {
  const [, number, serial] = /^<\d+\.(\d+)\.(\d+)>/.exec(text) ?? [];
  return number === undefined ? -1 : pidKey(decimalOf(number), decimalOf(serial));
}

/** Both parts within their bits, so that a damaged file gives a key like any other. */
function pidKey(number: number, serial: number): number {
  return (number % serialFactor) + (serial % 2 ** 20) * serialFactor;
}

export function pidText(key: number): string {
  return key < 0 ? "<?>" : `<0.${key % serialFactor}.${Math.floor(key / serialFactor)}>`;
}

/** Spreads a key over the slots of a table. */
export function spread(key: number): number {
  return Math.imul((key % 4294967296) ^ (key / serialFactor), 0x9e3779b1) >>> 1;
}
