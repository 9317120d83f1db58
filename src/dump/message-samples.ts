/** What the messages of the longest queues look like: a few of each queue, spread over it. */

import { newline } from "./bytes.ts";
import type { Collected } from "./collected.ts";
import { lookOfElement, lookOfTerm } from "./heap-term.ts";
import { largestRows } from "./process-rows.ts";

const queuesMax = 8;
export const sampledQueueMin = 100;
const samplesMax = 32;
const lineBytesMax = 200;

export interface MessageSamples {
  /** The messages of `row` follow. */
  begin(row: number): void;
  /** Whole lines of `=proc_messages`, `buffer[from]` the newline in front of them. */
  messages(buffer: Buffer, from: number, to: number): void;
  /** Whole lines of the heap of `row`. */
  heap(row: number, buffer: Buffer, from: number, to: number): void;
}

/** To be made when all queues are known. */
export function createMessageSamples({ processes, messageLooks }: Collected): MessageSamples {
  const { queue } = processes.columns;
  const longest = new Set(
    largestRows(queue, processes.count, queuesMax).filter((row) => (queue[row] ?? 0) >= sampledQueueMin),
  );
  let current = -1;
  let step = 1;
  let seen = 0;
  let taken = 0;
  /** Addresses whose terms are on the heap, in the order of the queue. */
  let wanted: string[] = [];
  const count = (look: string) => {
    const looks = messageLooks.get(current) ?? new Map<string, number>();
    looks.set(look, (looks.get(look) ?? 0) + 1);
    messageLooks.set(current, looks);
  };
  const take = (line: string) => {
    taken++;
    const colon = line.indexOf(":");
    if (line.startsWith("H") && colon > 0) wanted.push(line.slice(1, colon));
    else count(lookOfElement(line));
  };
  return {
    begin(row) {
      // A section that comes twice, in a damaged file, is not counted again.
      current = longest.delete(row) ? row : -1;
      step = Math.max(1, Math.floor((queue[row] ?? 0) / samplesMax));
      seen = 0;
      taken = 0;
      wanted = [];
    },
    messages(buffer, from, to) {
      if (current < 0) return;
      for (let at = from; at < to && taken < samplesMax; ) {
        const next = buffer.indexOf(newline, at + 1);
        const end = next < 0 || next > to ? to : next;
        if (end - at > 1 && seen++ === taken * step)
          take(buffer.toString("latin1", at + 1, Math.min(end, at + lineBytesMax)));
        at = end;
      }
    },
    heap(row, buffer, from, to) {
      if (row !== current) return;
      // They stand in the heap in the order of the queue: one search forward finds them all.
      const region = buffer.subarray(0, to);
      let at = from;
      for (let address = wanted[0]; address !== undefined; address = wanted[0]) {
        const mark = Buffer.from(`\n${address}:`, "latin1");
        const found = region.indexOf(mark, at);
        if (found < 0) return;
        wanted.shift();
        count(lookOfTerm(region, found + mark.length, to));
        at = found + 1;
      }
    },
  };
}
