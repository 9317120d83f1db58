/** What the operator reads of each memory kind. The configuration, lines and JSON keep their inherited `allocated`. */

import type { MemoryKind } from "./reading.ts";

/** Before "memory": physical memory, and committed memory, which is Committed_AS. */
export const kindWords: Record<MemoryKind, string> = { physical: "physical", allocated: "committed" };
