/** Cuts the bytes of a dump into its sections: lines that begin with `=`. Whole lines only, from a buffer of 2 MiB. */

import { hexAt, newline } from "./bytes.ts";
import type { Piece } from "./mark.ts";

/** Bytes in their order. */
export interface ByteSource {
  /** Fills `buffer` from `from` on; how many bytes, 0 at the end. */
  read(buffer: Buffer, from: number): number | Promise<number>;
  /** Leaves out the next bytes; false where they would end behind the last one, and then nothing is left out. */
  skip(bytes: number): boolean;
}

/** What is done with the sections. */
export interface SectionTaker {
  /** A section begins, whose line is `buffer[from, to)` without its `=`. `stop`: nothing further is wanted. */
  begin(buffer: Buffer, from: number, to: number): "take" | "binary" | "stop";
  /** Some of its lines; `buffer[from]` is the newline in front of them. */
  take(piece: Piece, from: number, to: number): void;
}

const bufferBytes = 2 * 1024 * 1024;
const sectionMark = Buffer.from("\n=");

/** Reads `source` to its end, or until `taker` stops. Half a line at the end of a live or cut file is not taken. */
export async function readSections(source: ByteSource, taker: SectionTaker): Promise<void> {
  const scanner = new Scanner(source, taker);
  while ((await scanner.fill()) && scanner.scan()) {
    // One buffer after another.
  }
}

class Scanner {
  private readonly buffer = Buffer.alloc(bufferBytes);
  private filled = 1;
  private serial = 0;
  /** Within a line that is longer than the buffer: a supervisor's list of 600,000 links has 7 MB. */
  private isInLongLine = false;
  /** The line with the size of a binary comes next. */
  private isBeforeBinary = false;

  constructor(
    private readonly source: ByteSource,
    private readonly taker: SectionTaker,
  ) {
    // A newline before the first byte makes the first section one like the others.
    this.buffer[0] = newline;
  }

  /** False at the end of the source. */
  async fill(): Promise<boolean> {
    const got = await this.source.read(this.buffer, this.filled);
    this.filled += got;
    return got > 0;
  }

  /** Takes what is whole in the buffer. False when nothing further is wanted. */
  scan(): boolean {
    for (;;) {
      if (this.isBeforeBinary && !this.skipBinary()) return true;
      if (this.isInLongLine && !this.endLongLine()) return true;
      const end = this.filled === 0 ? 0 : this.buffer.lastIndexOf(newline, this.filled - 1);
      if (end <= 0) {
        this.isInLongLine = this.filled === this.buffer.length;
        if (this.isInLongLine) this.filled = 0;
        return true;
      }
      if (!this.takeLines(end)) return false;
      if (!this.isBeforeBinary) return true;
    }
  }

  /** All sections and lines in `buffer[0, end)`, up to a binary. False when nothing further is wanted. */
  private takeLines(end: number): boolean {
    const { buffer, taker } = this;
    const piece: Piece = { buffer: buffer.subarray(0, end), serial: ++this.serial };
    for (let at = 0; ; ) {
      const mark = piece.buffer.indexOf(sectionMark, at);
      if (mark !== at && end > at) taker.take(piece, at, mark < 0 ? end : mark);
      if (mark < 0) break;
      at = buffer.indexOf(newline, mark + 1);
      const answer = taker.begin(buffer, mark + 2, at);
      if (answer === "stop") return false;
      if (answer !== "binary") continue;
      const behind = this.behindBinary(at);
      if (behind !== undefined && behind <= end) {
        // Most are small: a buffer holds a thousand, and is not moved for each.
        if (buffer[behind] === newline) at = behind;
        continue;
      }
      this.isBeforeBinary = true;
      this.keepFrom(at);
      return true;
    }
    this.keepFrom(end);
    return true;
  }

  /** The end of the line behind the newline at `at`, which is `SIZE:BASE64`; undefined where its size is not there yet. */
  private behindBinary(at: number): number | undefined {
    const size = hexAt(this.buffer, at + 1);
    return size.end + 1 >= this.filled ? undefined : size.end + 1 + Math.ceil(size.value / 3) * 4;
  }

  /** Leaves the text of the binary out that the buffer begins with. False where its size is not there yet. */
  private skipBinary(): boolean {
    const behind = this.behindBinary(0);
    if (behind === undefined) return false;
    this.isBeforeBinary = false;
    // A size that is damaged leads to no end of a line: then the lines are read as they come.
    if (behind < this.filled) this.keepFrom(this.buffer[behind] === newline ? behind : 0);
    else if (this.source.skip(behind - this.filled)) this.filled = 0;
    return true;
  }

  private endLongLine(): boolean {
    const end = this.buffer.subarray(0, this.filled).indexOf(newline);
    this.keepFrom(end < 0 ? this.filled : end);
    this.isInLongLine = end < 0;
    return end >= 0;
  }

  /** Moves what is not taken yet to the front. */
  private keepFrom(at: number): void {
    this.buffer.copyWithin(0, at, this.filled);
    this.filled -= at;
  }
}
