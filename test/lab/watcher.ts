/** The independent witness of a crossing: polls /proc/meminfo each millisecond, sharing no code with nsomem. */

import { nativeProgram } from "./native.ts";
import { type Part, startPart } from "./part.ts";

export interface Crossing {
  /** CLOCK_REALTIME. */
  atNs: bigint;
  usedKib: number;
  totalKib: number;
}

export interface Watcher extends Omit<Part, "say" | "line"> {
  /** Resolves at the first reading at or above the limit; rejects after `timeoutMs`. */
  crossed(timeoutMs?: number): Promise<Crossing>;
}

export type Watched = "available" | "free" | "committed";

/** Watches for `limitPercent` (two decimals) of MemTotal, or of CommitLimit for `committed`. */
export async function startWatcher({
  what = "available",
  limitPercent,
}: {
  what?: Watched;
  limitPercent: number;
}): Promise<Watcher> {
  const part = startPart({
    command: [nativeProgram("watcher"), what, String(Math.round(limitPercent * 100))],
  });
  await part.line();
  return {
    ...part,
    async crossed(timeoutMs) {
      const [, atNs = "0", used, total] = (await part.line(timeoutMs)).split(" ");
      return { atNs: BigInt(atNs), usedKib: Number(used), totalKib: Number(total) };
    },
  };
}
