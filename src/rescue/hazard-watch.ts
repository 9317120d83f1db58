/** What may end NSO before its dump is whole, looked for while there is time: the unit once, the daemons each minute. */

import { daemonHazards, type Hazard, hazardText, type Surroundings } from "../core/hazard.ts";
import type { UnitFacts } from "../core/unit.ts";
import type { Core } from "../linux/nso.ts";
import { daemonsNow, lookAround } from "../linux/surroundings.ts";

export interface HazardWatch {
  /** As last seen, of daemons that kill before the kernel does. */
  hazards(): readonly Hazard[];
  /** What was known of the core's unit and of the daemons when last looked at; undefined before that. */
  around(): Surroundings | undefined;
  unit(): UnitFacts | undefined;
  close(): void;
}

export interface HazardWatchOptions {
  procDir: string;
  core: Core;
  criticalPercent: number;
  /** Said once for each. */
  onHazard: (text: string) => void;
}

/** It takes a process: not in the first moments, in which a rescue may be due at once. */
const firstLookMs = 1000;
const everyMs = 60_000;

export function watchHazards(options: HazardWatchOptions): HazardWatch {
  const { procDir, core, criticalPercent, onHazard } = options;
  const closed = new AbortController();
  const said = new Set<string>();
  let around: Surroundings | undefined;
  let hazards: Hazard[] = [];
  const take = (found: Surroundings) => {
    if (closed.signal.aborted) return;
    around = found;
    hazards = daemonHazards(found, criticalPercent);
    for (const text of hazards.map(hazardText)) {
      if (!said.has(text)) onHazard(text);
      said.add(text);
    }
  };
  // Where /proc cannot be read the agent says so itself.
  const first = setTimeout(
    () => void lookAround(procDir, core.pid, closed.signal).then(take, () => {}),
    firstLookMs,
  );
  const timer = setInterval(() => {
    try {
      if (around) take({ ...around, ...daemonsNow(procDir) });
    } catch {}
  }, everyMs);
  return {
    hazards: () => hazards,
    around: () => around,
    unit: () => around?.unit,
    close() {
      closed.abort();
      clearTimeout(first);
      clearInterval(timer);
    },
  };
}
