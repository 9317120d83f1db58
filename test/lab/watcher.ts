/** The independent witness of a crossing: polls /proc/meminfo each millisecond, sharing no code with nsomem. */

import { nativeProgram } from "./native.ts";
import { type Part, startPart } from "./part.ts";

export interface Crossing {
  /** CLOCK_REALTIME. */
  atNs: bigint;
  /** When it was there for the first time, and did not stay: `atNs` where it did. */
  firstNs: bigint;
  usedKib: number;
  totalKib: number;
}

export interface Watcher extends Omit<Part, "say" | "line"> {
  /** Resolves when memory is at or above the limit to stay there for `holdMs`; rejects after `timeoutMs`. */
  crossed(timeoutMs?: number): Promise<Crossing>;
}

export type Watched = "available" | "free" | "committed";

/** Watches for `limitPercent` (two decimals) of MemTotal, or of CommitLimit for `committed`. */
export async function startWatcher({
  what = "available",
  limitPercent,
  holdMs = 0,
}: {
  what?: Watched;
  limitPercent: number;
  holdMs?: number;
}): Promise<Watcher> {
  const part = startPart({
    command: [nativeProgram("watcher"), what, String(Math.round(limitPercent * 100)), String(holdMs)],
  });
  await part.line();
  return {
    ...part,
    async crossed(timeoutMs) {
      const [, atNs = "0", used, total, firstNs = atNs] = (await part.line(timeoutMs)).split(" ");
      return { atNs: BigInt(atNs), firstNs: BigInt(firstNs), usedKib: Number(used), totalKib: Number(total) };
    },
  };
}
