/** Hosts that are not there: the status that an agent wrote beside a BEAM, a JVM and three Python VMs, and changes to it. */

import { readStatusDocument } from "../../src/core/read-status.ts";
import type { MemoryStatus, ProcessStatus, Status } from "../../src/core/status.ts";
import { formatTime } from "../../src/core/units.ts";
import type { Snapshot } from "../../src/metrics/snapshot.ts";
import recorded from "./status-0.1.0.json" with { type: "json" };

export function recordedStatus(change: Partial<Status> = {}): Status {
  const status = readStatusDocument(structuredClone(recorded));
  if (!status) throw new Error("the recorded status cannot be read");
  return { ...status, ...change };
}

/** A second after it was written. */
export function snapshotOf(status: Status, change: Partial<Snapshot> = {}): Snapshot {
  return { isRunning: true, status, nowMs: Date.parse(status.updated) + 1000, ...change };
}

/** Physical memory at so many percent of the recorded host, with the level that belongs to it. */
export function physicalAt(percent: number, change: Partial<MemoryStatus> = {}): Status["memory"] {
  const { memory } = recordedStatus();
  if (!memory.physical) throw new Error("physical memory was not recorded");
  const { limit_kib, warning_percent, critical_percent } = memory.physical;
  const level = percent >= critical_percent ? "critical" : percent >= warning_percent ? "warning" : "normal";
  const used_kib = Math.ceil((limit_kib * percent) / 100);
  return { ...memory, physical: { ...memory.physical, percent, used_kib, level, ...change } };
}

export const foreseen: NonNullable<MemoryStatus["forecast"]> = {
  critical_within_seconds: 2400,
  kib_per_minute: 12_288,
  window_seconds: 900,
  grower: { group: "pythonvm", name: "l3vpn", pid: 32_102 },
  text: "critical within about 40 min at +12.0 MiB/min, Python VM l3vpn grows",
};

export function pythonVm(name: string, rss_kib: number): ProcessStatus {
  return { group: "pythonvm", name, pid: 1, rss_kib, allocated_kib: rss_kib / 2, children: [] };
}

/** As if it had been written now. */
export function writtenNow(status: Status, nowMs: number): Status {
  return { ...status, updated: formatTime(nowMs) };
}
