/** Whose evidence an operator asks for: a process that is named, or the largest of NSO's. */

import { realpathSync } from "node:fs";
import { basename } from "node:path";
import { exitCodes, NsomemError } from "../../core/errors.ts";
import { groups, type ProcessGroup } from "../../core/group.ts";
import type { ProcessUse } from "../../core/growth.ts";
import { parseMemoryAreas } from "../../core/memory-areas.ts";
import { classify } from "../../core/nso.ts";
import { shown } from "../../core/shown.ts";
import { formatKib } from "../../core/units.ts";
import { type CoreChoice, chooseCore } from "../../linux/choose-core.ts";
import { findFamily } from "../../linux/family.ts";
import type { Core } from "../../linux/nso.ts";
import {
  identify,
  isThread,
  type ProcessIdentity,
  readArgv,
  readOptional,
  readRssKib,
  readUid,
} from "../../linux/procfs.ts";
import { ownUid } from "../../linux/run-as.ts";
import { isLibjvm } from "./jvm/class-census.ts";

/** A process, which of the three kinds it is to be treated as, and what it is called. */
export interface Chosen extends ProcessIdentity {
  group: ProcessGroup;
  name: string;
  /** "the Python VM l3vpn (PID 4711), the largest of 4". */
  who: string;
}

/** Throws NsomemError: no such process, another user's, or neither NSO's nor a JVM or a Python. */
export function chooseNamed(procDir: string, pid: number): Chosen {
  const identity = identify(procDir, pid);
  const status = readOptional(`${procDir}/${pid}/status`);
  if (!identity || status === undefined || isThread(status, pid))
    throw new NsomemError("NO_PROCESS", `there is no process ${pid}`);
  const [uid, own] = [readUid(procDir, pid, status), ownUid()];
  if (own !== 0 && uid !== own) {
    const message = `PID ${pid} belongs to user ${uid}: its evidence is for that user and for root`;
    throw new NsomemError("NOT_YOURS", message);
  }
  const found = classify(readArgv(procDir, pid) ?? []) ?? interpreterOf(procDir, pid);
  if (!found) {
    const message = `PID ${pid} is neither NSO's nor a JVM or a Python: nothing is known of its memory`;
    throw new NsomemError("NOT_KNOWN", message, exitCodes.usage);
  }
  return { ...identity, ...found, who: `${found.name} (PID ${pid})` };
}

/** Throws NsomemError: no NSO (exit 4), or several. */
export function chooseLargest(procDir: string, choice: CoreChoice): Chosen {
  const { core } = chooseCore(procDir, choice);
  if (!core) {
    const message = "no NSO core is running; name a JVM or a Python by its PID";
    throw new NsomemError("NSO_NOT_FOUND", message, exitCodes.nsoNotFound);
  }
  const [largest, ...others] = processesOf(procDir, core).sort((a, b) => b.rssKib - a.rssKib);
  if (!largest) throw new NsomemError("NO_PROCESS", "NSO has ended");
  const { pid, group, name, rssKib } = largest;
  const rest = others.map((one) => `${one.name} (PID ${one.pid}, ${formatKib(one.rssKib)})`);
  const of = rest.length === 0 ? "" : `; name another by its PID: ${rest.join(", ")}`;
  const who = `the ${groups[group].label} ${name} (PID ${pid}), the largest with ${formatKib(rssKib)}${of}`;
  return { ...largest, who };
}

/** The core and its VMs, each with the memory of its children. */
function processesOf(procDir: string, core: Core): ProcessUse[] {
  const family = findFamily(procDir, core);
  const { pid, startTicks, name } = core;
  const rssOf = (one: number) => readRssKib(procDir, one) ?? 0;
  const vms = family.filter(({ childOf }) => childOf === undefined);
  return [{ group: "core" as const, name, pid, startTicks }, ...vms].map((one) => {
    const children = family.filter(({ childOf }) => childOf === one.pid);
    return { ...one, rssKib: children.reduce((sum, child) => sum + rssOf(child.pid), rssOf(one.pid)) };
  });
}

function interpreterOf(procDir: string, pid: number): Pick<Chosen, "group" | "name"> | undefined {
  const paths = parseMemoryAreas(readOptional(`${procDir}/${pid}/maps`) ?? "").map(({ path }) => path);
  const name = shown(executableName(procDir, pid) ?? `PID ${pid}`, 60);
  if (paths.some(isLibjvm)) return { group: "javavm", name };
  const isPython = /^python[0-9.]*$/.test(name) || paths.some((path) => /\/libpython3[0-9.]*\.so/.test(path));
  return isPython ? { group: "pythonvm", name } : undefined;
}

function executableName(procDir: string, pid: number): string | undefined {
  try {
    return basename(realpathSync(`${procDir}/${pid}/exe`));
  } catch {
    return undefined;
  }
}
