/**
 * One row a process, in typed arrays of 56 bytes each: NSO runs with up to 277,140, and objects of JavaScript would
 * take 50 times that.
 */

import { spread } from "./bytes.ts";

/** Beyond it only the sums of further processes are kept. */
export const processesMax = 1_000_000;
const firstCapacity = 4096;

/** Numbers of `names.ts` where a name is meant; PIDs are keys of `bytes.ts`, -1 for none. */
function columns(capacity: number) {
  return {
    pid: new Float64Array(capacity),
    parent: new Float64Array(capacity),
    /** Bytes, with messages. */
    memory: new Float64Array(capacity),
    /** Words of off-heap binaries that it refers to: what garbage collection counts for it. */
    binaryWords: new Float64Array(capacity),
    /** Bytes of the whole binaries that its heap refers to. What the words have more is kept alive by slices. */
    wholeBytes: new Float64Array(capacity),
    queue: new Uint32Array(capacity),
    name: new Uint16Array(capacity),
    spawned: new Uint16Array(capacity),
    /** The function it is in. */
    current: new Uint16Array(capacity),
    /** `$initial_call` of proc_lib. */
    initial: new Uint16Array(capacity),
  };
}

export type ProcessColumns = ReturnType<typeof columns>;

export class ProcessRows {
  count = 0;
  readonly leftOut = { count: 0, memory: 0, queue: 0 };
  columns: ProcessColumns = columns(firstCapacity);
  private capacity = firstCapacity;
  private isBeyond = false;
  private cursor = 0;
  private slots: Int32Array | undefined;

  /** The row of a process that comes next. */
  add(pid: number): number {
    this.sumUp();
    if (this.count === processesMax) {
      this.isBeyond = true;
      this.leftOut.count++;
      return this.clear(processesMax, pid);
    }
    if (this.count + 1 >= this.capacity) this.grow();
    return this.clear(this.count++, pid);
  }

  /** No process comes any more. */
  close(): void {
    this.sumUp();
    this.isBeyond = false;
  }

  /** -1 where it is not known. The sections of contents come in the order of the rows: a cursor answers nearly always. */
  find(pid: number): number {
    const { pid: pids } = this.columns;
    for (let row = this.cursor; row < Math.min(this.cursor + cursorReach, this.count); row++)
      if (pids[row] === pid) {
        this.cursor = row;
        return row;
      }
    const row = this.lookUp(pid);
    if (row >= 0) this.cursor = row;
    return row;
  }

  /** The same for any order. */
  lookUp(pid: number): number {
    const { pid: pids } = this.columns;
    this.slots ??= slotsOf(pids, this.count);
    const mask = this.slots.length - 1;
    for (let at = spread(pid) & mask; ; at = (at + 1) & mask) {
      const slot = this.slots[at] ?? 0;
      if (slot === 0) return -1;
      if (pids[slot - 1] === pid) return slot - 1;
    }
  }

  private clear(row: number, pid: number): number {
    for (const column of Object.values(this.columns)) column[row] = 0;
    this.columns.pid[row] = pid;
    this.columns.parent[row] = -1;
    // A process of a damaged file may come after the first was looked up.
    if (this.slots && this.count * 2 > this.slots.length) this.slots = undefined;
    if (this.slots && row < processesMax) insert(this.slots, this.columns.pid, row);
    return row;
  }

  private sumUp(): void {
    if (!this.isBeyond) return;
    this.leftOut.memory += this.columns.memory[processesMax] ?? 0;
    this.leftOut.queue += this.columns.queue[processesMax] ?? 0;
  }

  private grow(): void {
    // One more than the bound: the last row is that of whichever process is beyond it.
    this.capacity = Math.min(this.capacity * 2, processesMax + 1);
    const grown = columns(this.capacity);
    for (const name of Object.keys(grown) as (keyof ProcessColumns)[]) grown[name].set(this.columns[name]);
    this.columns = grown;
  }
}

const cursorReach = 64;

function slotsOf(pids: Float64Array, count: number): Int32Array {
  let size = 1024;
  while (size < count * 2) size *= 2;
  const slots = new Int32Array(size);
  for (let row = 0; row < count; row++) insert(slots, pids, row);
  return slots;
}

/** The first of rows with one PID is found; a hundred thousand without any would stand behind each other. */
function insert(slots: Int32Array, pids: Float64Array, row: number): void {
  const mask = slots.length - 1;
  let at = spread(pids[row] ?? 0) & mask;
  for (let slot = slots[at] ?? 0; slot !== 0; slot = slots[at] ?? 0) {
    if (pids[slot - 1] === pids[row]) return;
    at = (at + 1) & mask;
  }
  slots[at] = row + 1;
}

/** The rows with the largest values, largest first; those with 0 are none. */
export function largestRows(values: ArrayLike<number>, count: number, most: number): number[] {
  const rows: number[] = [];
  const valueAt = (row: number | undefined) => (row === undefined ? 0 : (values[row] ?? 0));
  for (let row = 0; row < count; row++) {
    const value = valueAt(row);
    if (value <= 0 || (rows.length === most && value <= valueAt(rows.at(-1)))) continue;
    let at = rows.length;
    while (at > 0 && valueAt(rows[at - 1]) < value) at--;
    rows.splice(at, 0, row);
    if (rows.length > most) rows.pop();
  }
  return rows;
}
