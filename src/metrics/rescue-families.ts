/** What was done to NSO, what is being done, and what would come of a crash dump. */

import { type ActionKind, outcomeWords } from "../core/action.ts";
import type { Status } from "../core/status.ts";
import { bytes, counter, type Family, flag, gauge, stateSet } from "./family.ts";

/** In the order of src/rescue/action-kinds.ts; the compiler names a kind that is missing. */
const kinds = Object.keys({
  "debug-dump": true,
  "crash-dump": true,
  evidence: true,
  callback: true,
  run: true,
} satisfies Record<ActionKind, true>) as ActionKind[];

const outlooks = ["good", "doubtful", "hopeless"] as const;
const dumps = ["debug-dump", "crash-dump"] as const;
const ends = outcomeWords.filter((word) => word !== "running");

export function rescueFamilies({ action_counts: counts, crash_dump: dump }: Status): Family[] {
  // All of them from the start: an increase from a series that was not there yet is not seen.
  const actions = kinds.flatMap((action) =>
    ends.map((outcome) => ({ labels: { action, outcome }, value: counts?.[action]?.[outcome] ?? 0 })),
  );
  const running = dumps.map((kind) => ({
    labels: { dump: kind },
    value: flag((counts?.[kind]?.running ?? 0) > 0),
  }));
  const orNone = (kib: number | null | undefined) => (typeof kib === "number" ? bytes(kib) : undefined);
  return [
    counter("nsomem_actions_total", "Actions by what came of them.", counts && actions),
    gauge("nsomem_dump_in_progress", "1 while such a dump is being taken.", counts && running),
    stateSet("nsomem_crash_dump_outlook", "What would come of a crash dump now.", {
      label: "outlook",
      of: outlooks,
      now: dump?.outlook,
    }),
    gauge(
      "nsomem_crash_dump_room_bytes",
      "Room where a crash dump would be written.",
      orNone(dump?.room_kib),
    ),
    gauge("nsomem_crash_dump_need_bytes", "How large a crash dump may become.", orNone(dump?.need_kib)),
  ];
}
