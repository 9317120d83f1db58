/** Reads what was recorded between two times, over a read-only connection, while the agent writes. */

import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { NsomemError } from "../core/errors.ts";
import type { Recording } from "../core/recording.ts";

export function readHistory(
  path: string,
  _window: { sinceMs?: number | undefined; untilMs?: number | undefined } = {},
): Recording {
  if (!existsSync(path)) throw new NsomemError("NO_HISTORY", `no history at ${path}`);
  void Database;
  throw new NsomemError("HISTORY", "not yet");
}
