/** Who grows, and when memory becomes critical: looked at with each tick, said when it begins and when it ends. */

import type { Forecast } from "../core/forecast.ts";
import { describeForecast, growerOf } from "../core/forecast-text.ts";
import type { Growth } from "../core/growth.ts";
import { kindWords } from "../core/kind-words.ts";
import { type MemoryKind, memoryKinds, type ProcessSample } from "../core/reading.ts";
import { isEnforced, type OvercommitMode } from "../core/rule.ts";
import { recentMs } from "../core/use-window.ts";
import { everythingElseKib } from "../linux/everything-else.ts";
import type { AgentParts } from "./parts.ts";

/** A forecast with who grows, and both in one sentence. */
export interface Foreseen {
  forecast: Forecast;
  grower: Growth | undefined;
  text: string;
}

/** What is known at one tick. */
export interface Foresight {
  forecasts: Partial<Record<MemoryKind, Foreseen>>;
  /** Used memory of the binding ceiling that is none of NSO's, in KiB; null while no process is measured. */
  everythingElseKib: number | null;
  /** Over the last 5 min, who grew most first; empty while that is not known. */
  growth: Growth[];
}

export interface Foreseer {
  /** Once per tick: what is new is written into the log and the history. */
  look(samples: readonly ProcessSample[], mode: OvercommitMode): Foresight;
}

/** Who holds memory, as far as it was looked at last. */
interface Holds {
  atMs: number;
  known: Pick<Foresight, "everythingElseKib" | "growth">;
}

const unknownHolds: Holds = {
  atMs: Number.NEGATIVE_INFINITY,
  known: { everythingElseKib: null, growth: [] },
};

/** Processes are measured once a second, whatever the cadence of a tick. */
const holdsEveryMs = 900;

/** Of a hundred VMs over hours it costs some ms, and near a limit there are 50 ticks a second. */
const growerEveryMs = 10_000;

type Parts = Pick<AgentParts, "host" | "holder" | "measured" | "recorder">;

export function createForeseer({ host, holder, measured, recorder }: Parts): Foreseer {
  const { uses } = measured;
  const said = new Map<MemoryKind, string>();
  let holds = unknownHolds;
  /** Undefined where nothing is sure, nothing would come of it, or it has come already. */
  const foresee = (kind: MemoryKind, mode: OvercommitMode): Foreseen | undefined => {
    const forecast = measured.levels.forecast(kind);
    if (!forecast || !isEnforced(kind, holder.config(), mode)) return undefined;
    if (measured.levels.state(kind).level === "critical") return undefined;
    // RSS says nothing of what was allocated.
    const grower = kind === "physical" ? growerNow(forecast) : undefined;
    return { forecast, grower, text: describeForecast(forecast, grower) };
  };
  let named: { atMs: number; grower: Growth | undefined } = {
    atMs: Number.NEGATIVE_INFINITY,
    grower: undefined,
  };
  const growerNow = (forecast: Forecast): Growth | undefined => {
    const atMs = host.monotonicMs();
    if (atMs - named.atMs >= growerEveryMs)
      named = { atMs, grower: growerOf(forecast, uses.growth(forecast.windowMs)) };
    return named.grower;
  };
  const tell = (kind: MemoryKind, foreseen: Foreseen | undefined) => {
    const before = said.get(kind);
    if ((before === undefined) === (foreseen === undefined)) return;
    if (foreseen) said.set(kind, foreseen.text);
    else said.delete(kind);
    const isCritical = measured.levels.state(kind).level === "critical";
    const end = isCritical ? "it has become critical" : "memory does not grow towards critical any more";
    const text = foreseen
      ? `${kindWords[kind]} memory: ${foreseen.text}`
      : `${kindWords[kind]} memory: forecast ended: ${end}`;
    host.journal.action(text, foreseen ? "warning" : "info");
    recorder.forecast(kind, text);
  };
  return {
    look(samples, mode) {
      holds = holdsAt(holds, samples);
      const forecasts: Foresight["forecasts"] = {};
      for (const kind of memoryKinds) {
        const foreseen = foresee(kind, mode);
        tell(kind, foreseen);
        if (foreseen) forecasts[kind] = foreseen;
      }
      return {
        forecasts,
        ...holds.known,
      };
    },
  };

  function holdsAt(before: Holds, samples: readonly ProcessSample[]): Holds {
    const reading = measured.levels.latest("physical");
    if (!reading || samples.length === 0) return unknownHolds;
    const atMs = host.monotonicMs();
    if (atMs - before.atMs < holdsEveryMs) return before;
    const restKib = everythingElseKib(host.roots.procDir, reading, samples);
    uses.take({
      atMs,
      ceiling: reading.ceiling,
      restKib,
      // The tool's line has no start time. A restarted VM has another PID, as long as the look before is minutes old.
      processes: samples.map(({ group, name, pid, rssKib }) => ({ group, name, pid, startTicks: 0, rssKib })),
    });
    return { atMs, known: { everythingElseKib: restKib, growth: uses.growth(recentMs) } };
  }
}
