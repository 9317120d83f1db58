/** Keeps the incidents on disk within their quota: the oldest dumps and records go, and each record says so of its own. */

import { join } from "node:path";
import { type IncidentQuota, type Removal, removals, type StoredIncident } from "../core/incident-quota.ts";
import { call, type FileWork } from "../linux/file-work.ts";
import type { Incidents } from "./incident.ts";
import { incidentIds } from "./incident-log.ts";

export interface KeepOptions {
  quota: IncidentQuota;
  /** Something is still done about these. */
  isOpen: (id: string) => boolean;
  /** How much more is to be free than there is. */
  wantedBytes?: number;
  /** Epoch, for the records. */
  atMs: number;
}

/** Removes what goes, beside the agent's thread. Returns what was removed; what cannot be is left for the next time. */
export async function keepQuota(incidents: Incidents, options: KeepOptions): Promise<Removal[]> {
  const { quota, isOpen, wantedBytes = 0, atMs } = options;
  const stored = await incidents.read(() => storedIncidents(incidents.dir, isOpen));
  const plan = removals(stored, quota, wantedBytes);
  const done: Removal[] = [];
  for (const removal of plan) {
    const isGone = await incidents.read(() => removeOne(incidents.dir, removal));
    if (!isGone) continue;
    done.push(removal);
    if (removal.what === "incident") continue;
    const incident = incidents.open(removal.id);
    incident.record(atMs, { step: "dumps-removed", bytes: removal.bytes, because: removal.because });
    incident.close();
  }
  return done;
}

/** `dump1.bin`, `dump1.bin.gz`, `dump1.bin.incomplete`, and the copy of a crash dump. */
const dumpForm = /^(dump\d+\.bin(\.\w+)?|crash-.+)$/;
/** Below an incident: its files, and the directories of the host's state. */
const depthMax = 3;
const entriesMax = 2000;

function* storedIncidents(dir: string, isOpen: (id: string) => boolean): FileWork<StoredIncident[]> {
  const stored: StoredIncident[] = [];
  for (const id of yield* incidentIds(dir)) {
    const one = { id, bytes: 0, dumps: { count: 0, bytes: 0 }, isOpen: isOpen(id) };
    yield* addSizes(join(dir, id), one, { depth: 0, entries: 0 });
    stored.push(one);
  }
  return stored;
}

function* addSizes(
  dir: string,
  into: StoredIncident,
  at: { depth: number; entries: number },
): FileWork<void> {
  for (const entry of yield* entriesOf(dir)) {
    if (++at.entries > entriesMax) return;
    const path = join(dir, entry.name);
    const stats = yield* call.lstat(path);
    if (!stats) continue;
    // What it takes of the disk, which is less where it has holes.
    const bytes = stats.blocks * 512;
    into.bytes += bytes;
    if (stats.isDirectory() && at.depth < depthMax) {
      at.depth++;
      yield* addSizes(path, into, at);
      at.depth--;
    }
    if (at.depth > 0 || !stats.isFile() || !dumpForm.test(entry.name)) continue;
    into.dumps.count++;
    into.dumps.bytes += bytes;
  }
}

function* removeOne(dir: string, { id, what }: Removal): FileWork<boolean> {
  const path = join(dir, id);
  try {
    if (what === "incident") yield* call.removeTree(path);
    else
      for (const entry of yield* entriesOf(path))
        if (entry.isFile() && dumpForm.test(entry.name)) yield* call.unlink(join(path, entry.name));
    return true;
  } catch {
    return false;
  }
}

function* entriesOf(dir: string) {
  try {
    return yield* call.readdir(dir);
  } catch {
    return [];
  }
}
