/** Finishes earlier incidents where there is no NSO to watch: the start is refused, but their verdict is not lost. */

import type { Config } from "../../core/config.ts";
import { hostClock } from "../../linux/host-clock.ts";
import type { Roots } from "../../linux/roots.ts";
import type { CoreRegister } from "../../record/core-register.ts";
import { openJournal, type Tone } from "../../record/journal.ts";
import type { Paths } from "../../record/paths.ts";
import { findUnfinished, finishUnfinished } from "./unfinished.ts";

export interface FinishAloneOptions {
  paths: Paths;
  config: Config;
  roots: Roots;
  register: CoreRegister;
  stop: AbortSignal;
  say: (text: string, tone: Tone) => void;
}

export async function finishAlone({
  paths,
  config,
  roots,
  register,
  stop,
  say,
}: FinishAloneOptions): Promise<void> {
  const unfinished = findUnfinished(paths.incidents);
  if (unfinished.length === 0) return;
  const journal = openJournal(paths, hostClock.wallMs, say);
  for (const one of unfinished) {
    const context = { config, host: { roots, ...hostClock, journal }, stop };
    const { outcome, message } = await finishUnfinished(
      context,
      { incidentsDir: paths.incidents, register },
      one,
    );
    journal.action(`incident ${one.id} of an earlier agent: ${outcome}: ${message}`, "warning");
  }
  journal.close();
}
