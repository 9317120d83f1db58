/** What the agent's thread and the one that writes its history say to each other. */

import type { RecordedPast } from "../core/recorded-past.ts";
import type { HistoryEvent, RunMeta, Tick } from "../core/recording.ts";
import type { HistoryHealth } from "./history.ts";
import type { Retention } from "./retention.ts";

/** To the writer. The first one opens the history; each is answered before the next is sent. */
export type ToHistory =
  | { type: "open"; path: string; meta: RunMeta; retention: Retention }
  | { type: "record"; entries: HistoryEntry[] }
  | { type: "close" };

/** In the order in which they came. */
export type HistoryEntry = { tick: Tick } | { event: HistoryEvent };

/** From the writer. `done` answers one message; `past` comes once, after the history was opened. */
export type FromHistory =
  | { type: "problem"; text: string }
  | { type: "past"; past: RecordedPast }
  | { type: "done"; health: HistoryHealth };
