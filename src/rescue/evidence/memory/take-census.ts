/** A census of one process, within a bounded time. */

import type { MemoryArea } from "../../../core/memory-areas.ts";
import { openProcessMemory, type ProcessMemory } from "../../../linux/process-memory.ts";
import type { ProcessIdentity } from "../../../linux/procfs.ts";
import type { Found } from "../piece.ts";
import { readMemoryAreas } from "../process-facts.ts";
import { type Census, censusText, topKinds } from "./census.ts";

/**
 * 64 MiB are read: counts within 2 to 6 % of what is there, where the objects of one kind lie together too. A quarter of
 * it was 12 % off.
 */
const pagesMax = 16_384;
/** 100 to 300 ms are usual. */
export const censusMsMax = 6000;

type TakeCensus = (
  memory: Pick<ProcessMemory, "read" | "isResident">,
  areas: readonly MemoryArea[],
  options: { pagesMax: number; random: () => number },
) => Census | { unknown: string };

/** `noun`: "classes", "types". Throws with the reason why there is none. */
export function takeCensus(
  procDir: string,
  identity: ProcessIdentity,
  { census, noun }: { census: TakeCensus; noun: string },
): Found {
  const memory = openProcessMemory(procDir, identity, { untilMs: performance.now() + censusMsMax });
  if ("refusal" in memory) throw new Error(memory.refusal);
  try {
    const found = census(memory, readMemoryAreas(procDir, identity.pid), { pagesMax, random: Math.random });
    if ("unknown" in found) throw new Error(found.unknown);
    const top = topKinds(found);
    const headline = top === "" ? undefined : `top ${noun} ${top}`;
    return { headline, text: censusText(found, noun), data: found };
  } finally {
    memory.close();
  }
}
