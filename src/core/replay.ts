/** The rules over recorded readings: the same functions as in the running agent, with the recording's own clock. */

import { cooldownKey } from "./action-kind.ts";
import type { Config } from "./config.ts";
import { decisionRows } from "./decision-row.ts";
import { createForecasters, createLevels } from "./levels.ts";
import type { ReplayStep } from "./recorded-readings.ts";
import { type Circumstances, decide } from "./rule.ts";

export interface Replay {
  /** Rows of the table of decisions. */
  rows: string[];
  ran: number;
  skipped: number;
}

/**
 * What would have been decided. Every action is taken to have succeeded, and every entry to have been confirmed: a
 * recording does not tell what a fresh look would have found.
 */
export function replay(
  steps: readonly ReplayStep[],
  config: Config,
  host: Pick<Circumstances, "overcommitMode" | "kinds">,
): Replay {
  // Begun anew with each start of an agent, which takes up what was recorded of memory.
  const forecasters = createForecasters();
  let levels = createLevels(config, forecasters);
  const lastRunMs: Record<string, number> = {};
  const result: Replay = { rows: [], ran: 0, skipped: 0 };
  for (const step of steps) {
    if (step.step === "start") {
      levels = createLevels(config, forecasters);
      continue;
    }
    const { reading } = step;
    const { change, firings } = levels.take(reading, config, () => reading);
    const decided = firings.map((firing) => ({
      firing,
      decisions: decide(firing, config, { nowMs: reading.atMs, lastRunMs, ...host }),
    }));
    for (const { action, verdict } of decided.flatMap(({ decisions }) => decisions)) {
      if (verdict === "run") lastRunMs[cooldownKey(action, host.kinds)] = reading.atMs;
      result[verdict === "run" ? "ran" : "skipped"]++;
    }
    result.rows.push(...decisionRows({ change, firings: decided }));
  }
  return result;
}
