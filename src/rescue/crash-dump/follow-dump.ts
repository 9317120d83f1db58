/** What watching a dump needs of this host: the same for one that this agent began and one it found begun. */

import { basename, join } from "node:path";
import type { Config } from "../../core/config.ts";
import { copyUnseen, findDumpFile, type ReachablePlace, sha256Of } from "../../linux/dump-file.ts";
import { findFamily, type Relative } from "../../linux/family.ts";
import type { Core } from "../../linux/nso.ts";
import { isAlive, readStat } from "../../linux/procfs.ts";
import type { Roots } from "../../linux/roots.ts";
import type { Incident } from "../../record/incident.ts";
import type { Journal } from "../../record/journal.ts";
import { callOomWitness } from "../oom-witness.ts";
import { shed } from "./shed.ts";
import type { DumpWatch } from "./watch.ts";

export interface FollowContext {
  config: Config;
  incident: Incident;
  roots: Roots;
  journal: Pick<Journal, "deed">;
  now: () => number;
  signal: AbortSignal;
}

export interface FollowTarget {
  core: Core;
  places: () => readonly ReachablePlace[];
  record: (step: string, facts?: Record<string, unknown>) => void;
  isCritical: () => boolean;
}

const stateWords: Record<string, string> = { T: "stopped (T)", t: "traced (t)", D: "in disk sleep (D)" };
const recordSyncMsMax = 1000;
/** A mount that has not answered by then is dead, and the verdict is due all the same. */
const findMsMax = 10_000;

export function dumpWatchOf(context: FollowContext, follow: FollowTarget): DumpWatch {
  const { config, incident, roots, journal, now, signal } = context;
  const { core, places, record, isCritical } = follow;
  const { procDir } = roots;
  const witness = callOomWitness(roots, core, now);
  return {
    isAlive: () => isAlive(procDir, core),
    coreState: () => stateWords[readStat(procDir, core.pid)?.state ?? ""],
    isCritical,
    shed: config.crash_dump.shed === "never" ? undefined : shedFamily,
    findDump: (sinceMs) =>
      Promise.race([findDumpFile(places(), sinceMs), Bun.sleep(findMsMax).then(() => undefined)]),
    findOomKill: witness.testify,
    sha256: (path) => sha256Of(places().find((place) => place.path === path)?.reach ?? path, signal),
    preserve: (path) => preserve(places(), path, incident.dir),
    record,
    syncRecord: () => incident.sync(recordSyncMsMax),
    timeoutMs: config.crash_dump.timeout,
    now,
    onProgress: (text) => journal.deed(text, "warning"),
    signal,
  };

  async function shedFamily(): Promise<void> {
    const family = findFamily(procDir, core);
    if (family.length === 0) return;
    const names = family.map(({ name, pid }) => `${name} (PID ${pid})`).join(", ");
    record("shedding", { family });
    journal.deed(`memory is still critical: ending ${names} to make room for the crash dump`, "warning");
    const ended = await shed(procDir, family);
    record("shed", { family: ended });
    const left = ended.filter((one: Relative & { ended: boolean }) => !one.ended);
    if (left.length > 0)
      journal.deed(
        `still running: ${left.map(({ name, pid }) => `${name} (PID ${pid})`).join(", ")}`,
        "error",
      );
  }
}

/** Into the incident's directory, where this process alone can still get at the file. */
async function preserve(
  places: readonly ReachablePlace[],
  path: string,
  incidentDir: string,
): Promise<string | undefined> {
  const place = places.find((one) => one.path === path);
  if (!place || place.reach === path) return undefined;
  const copy = join(incidentDir, `crash-${basename(path)}`);
  return (await copyUnseen(place, copy)) ? copy : undefined;
}
