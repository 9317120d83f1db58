/** The ports of a crash dump on this host: the same for one that this agent began and one that it found begun. */

import { basename, join } from "node:path";
import type { IncidentStep } from "../../core/incident-step.ts";
import { endsTogether, type UnitFacts } from "../../core/unit.ts";
import { copyUnseen, sha256Of } from "../../linux/dump-file.ts";
import { findFamily, type Relative } from "../../linux/family.ts";
import { type DumpAge, type DumpSearch, findDumpFile } from "../../linux/find-dump.ts";
import { type Core, isSameCore } from "../../linux/nso.ts";
import { findOomGroup } from "../../linux/oom-group.ts";
import type { ProcessHandle } from "../../linux/process-handle.ts";
import { isAlive, readStat } from "../../linux/procfs.ts";
import { selfCommand } from "../../linux/self.ts";
import { readUptimeMs } from "../../linux/uptime.ts";
import type { IncidentContext } from "../action-context.ts";
import { quietly } from "../bookkeeping.ts";
import { readByProcess } from "./dump-reader.ts";
import type { CorePort, DumpPort, RecordPort } from "./ports.ts";
import { createDumpRead, type ReadDump } from "./read-dump.ts";
import { shed } from "./shed.ts";
import { callWitness } from "./witness.ts";

const stateWords: Record<string, string> = { T: "stopped (T)", t: "traced (t)", D: "in disk sleep (D)" };

export function corePort(
  { host, stop }: IncidentContext,
  core: Core,
  handle: ProcessHandle | undefined,
): Omit<CorePort, "announce"> {
  const { roots, monotonicMs } = host;
  const { procDir } = roots;
  const witness = callWitness(roots, core, { monotonicMs, stop });
  return {
    pid: core.pid,
    isSame() {
      try {
        return isSameCore(procDir, core);
      } catch (error) {
        // Without a descriptor for the look, the pidfd answers for it: it is that process and no other.
        if (handle?.by !== "pidfd") throw error;
        return true;
      }
    },
    isAlive() {
      try {
        return isAlive(procDir, core);
      } catch {
        // Nothing says that it has ended; the next look may.
        return true;
      }
    },
    state: () => stateWords[readStat(procDir, core.pid)?.state ?? ""],
    send: (signal) => handle?.send(signal) ?? false,
    findEnder: witness.testify,
  };
}

/** Logged as warnings. Nothing of it throws: a rescue does not stand and fall with its record. */
export function recordPort({ incident, host }: IncidentContext): Omit<RecordPort, "collectEvidence"> {
  return {
    wallMs: host.wallMs,
    monotonicMs: host.monotonicMs,
    uptimeMs: () => readUptimeMs(host.roots.procDir),
    write: (step: IncidentStep) =>
      quietly(host, `step ${step.step} was not recorded`, () => incident.record(host.wallMs(), step)),
    sync: (msMax) => incident.sync(msMax),
    say: (text) => quietly(host, "not logged", () => host.journal.action(text, "warning")),
  };
}

/** A mount that has not answered by then is dead, and the verdict is due all the same. */
const findMsMax = 10_000;

/** Where the dump may be, and what was there before; each asked anew, since it may be known later. */
export interface DumpHunt {
  search: () => DumpSearch;
  known: () => ReadonlySet<string> | undefined;
  skewMs: () => number;
}

export function dumpPort(
  context: IncidentContext,
  { search, known, skewMs }: DumpHunt,
): Pick<DumpPort, "find" | "findOwn" | "preserve" | "sha256" | "read"> {
  const { incident, stop } = context;
  const read = dumpReadOf(context);
  const reachOf = (path: string) => search().places.find((place) => place.path === path)?.reach;
  const find = (age: DumpAge) =>
    Promise.race([findDumpFile(search(), age), Bun.sleep(findMsMax).then(() => undefined)]);
  return {
    find({ wallMs }) {
      const before = known();
      return find(before ? { known: before } : { sinceMs: wallMs + skewMs() });
    },
    findOwn: (sinceMs) => find({ sinceMs: sinceMs + skewMs() }),
    sha256: (path) => sha256Of(reachOf(path) ?? path, stop),
    read: (request) => read({ ...request, reach: reachOf(request.path) ?? request.path }),
    /** Into the incident's directory, where this process alone can still get at the file. */
    async preserve(path) {
      const reach = reachOf(path);
      if (reach === undefined || reach === path) return undefined;
      const copy = join(incident.dir, `crash-${basename(path)}`);
      return (await copyUnseen({ path, reach }, copy)) ? copy : undefined;
    },
  };
}

/** Readings of the dump of this incident. */
export function dumpReadOf({ incident, host, stop }: IncidentContext): ReadDump {
  return createDumpRead({
    dir: incident.dir,
    write: (step) => void incident.record(host.wallMs(), step),
    monotonicMs: host.monotonicMs,
    read: (request) => readByProcess({ ...request, stop, command: selfCommand() }),
  });
}

/** Why an OOM kill of a VM would end the core too; undefined where it would not, or that cannot be seen. Never throws. */
export function sharedEndOf(
  { host }: Pick<IncidentContext, "host">,
  core: Core,
  unit: UnitFacts | undefined,
): string | undefined {
  try {
    const cgroup = findOomGroup(host.roots, core.pid);
    if (cgroup !== undefined) return `the kernel kills all of cgroup ${cgroup} together (memory.oom.group)`;
  } catch {}
  if (!unit || !endsTogether(unit)) return undefined;
  return `systemd ends all of ${unit.unit} when the kernel kills one of it (OOMPolicy=${unit.oomPolicy})`;
}

/** Ends the VMs of `core`, those of now. `why`: what speaks for it beside the memory that they hold. */
export async function makeRoom(
  { incident, host }: IncidentContext,
  core: Core,
  why: string | undefined,
): Promise<void> {
  const { procDir } = host.roots;
  const family = findFamily(procDir, core);
  if (family.length === 0) return;
  incident.record(host.wallMs(), { step: "shedding", family });
  const because = why === undefined ? "" : `: ${why}`;
  host.journal.action(`ending ${namesOf(family)} to make room for the crash dump${because}`, "warning");
  const all = await shed(procDir, family);
  incident.record(host.wallMs(), { step: "shed", family: all });
  const left = all.filter(({ ended }) => !ended);
  if (left.length > 0) host.journal.action(`still running: ${namesOf(left)}`, "error");
}

function namesOf(family: readonly Relative[]): string {
  return family.map(({ name, pid }) => `${name} (PID ${pid})`).join(", ");
}
