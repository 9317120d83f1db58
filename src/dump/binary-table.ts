/**
 * Off-heap binaries by address: how large, and held by whom. Bounded: when it is full, of the small ones only every
 * second stays, by its address, and counts double; the large ones all stay.
 */

const capacityMax = 1 << 21;
const smallBytesMax = 65_536;
/** The owner of one that several processes hold. */
export const severalOwners = -2;

export interface HeldBinaries {
  wholeBytes: number;
  sharedBytes: number;
  /** By row of its only holder. */
  aloneBytes: Map<number, number>;
  isEstimate: boolean;
}

export class BinaryTable {
  private capacity = 1 << 14;
  private used = 0;
  /** Of the small ones, one of `2 ** shift` is kept. */
  private shift = 0;
  /** Large ones alone fill it, which takes 64 GiB of them: no further ones are taken. */
  private isFull = false;
  private address = new Float64Array(this.capacity);
  private bytes = new Float64Array(this.capacity);
  private owner = new Int32Array(this.capacity);

  hold(address: number, bytes: number, owner: number): void {
    if (address === 0 || this.isSampledOut(address, bytes)) return;
    const at = this.slotOf(address);
    if (this.address[at] === address) {
      if (this.owner[at] !== owner) this.owner[at] = severalOwners;
      return;
    }
    if (this.isFull) return;
    this.put(at, address, bytes, owner);
    if (this.used * 2 > this.capacity) this.makeRoom();
  }

  held(): HeldBinaries {
    const aloneBytes = new Map<number, number>();
    let wholeBytes = 0;
    let sharedBytes = 0;
    for (let at = 0; at < this.capacity; at++) {
      if (this.address[at] === 0) continue;
      const size = this.bytes[at] ?? 0;
      const bytes = size < smallBytesMax ? size * 2 ** this.shift : size;
      const owner = this.owner[at] ?? -1;
      wholeBytes += bytes;
      if (owner === severalOwners) sharedBytes += bytes;
      else aloneBytes.set(owner, (aloneBytes.get(owner) ?? 0) + bytes);
    }
    return { wholeBytes, sharedBytes, aloneBytes, isEstimate: this.shift > 0 || this.isFull };
  }

  private put(at: number, address: number, bytes: number, owner: number): void {
    this.address[at] = address;
    this.bytes[at] = bytes;
    this.owner[at] = owner;
    this.used++;
  }

  private slotOf(address: number): number {
    const mask = this.capacity - 1;
    let at = hashOf(address) & mask;
    while (this.address[at] !== 0 && this.address[at] !== address) at = (at + 1) & mask;
    return at;
  }

  private isSampledOut(address: number, bytes: number): boolean {
    return bytes < smallBytesMax && this.shift > 0 && hashOf(address) >>> (32 - this.shift) !== 0;
  }

  private makeRoom(): void {
    const { address, bytes, owner } = this;
    if (this.capacity < capacityMax) this.capacity *= 2;
    else this.shift = Math.min(this.shift + 1, 31);
    this.address = new Float64Array(this.capacity);
    this.bytes = new Float64Array(this.capacity);
    this.owner = new Int32Array(this.capacity);
    this.used = 0;
    for (let at = 0; at < address.length; at++) {
      const key = address[at] ?? 0;
      const size = bytes[at] ?? 0;
      if (key === 0 || this.isSampledOut(key, size)) continue;
      this.put(this.slotOf(key), key, size, owner[at] ?? -1);
    }
    this.isFull = this.capacity === capacityMax && this.used * 2 > this.capacity - capacityMax / 8;
  }
}

function hashOf(address: number): number {
  return Math.imul(((address / 8) % 4294967296) >>> 0, 0x9e3779b1) >>> 0;
}
