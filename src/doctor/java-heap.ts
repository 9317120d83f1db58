/** The heap that the JavaVM may still take: the numbers of now do not show it. */

import { type Check, ok, warn } from "../core/check.ts";
import { limitsOf } from "../core/config.ts";
import { heapMaxKib, javaWords } from "../core/java-heap.ts";
import { levelLimit } from "../core/level.ts";
import { reachedAtKib } from "../core/limit.ts";
import { formatKib, percentOf } from "../core/units.ts";
import { findFamily } from "../linux/family.ts";
import type { Core } from "../linux/nso.ts";
import { readArgv, readEnviron, readRssKib } from "../linux/procfs.ts";
import type { DoctorOptions } from "./options.ts";
import { physicalNow } from "./physical-now.ts";

/** Of a VM without -Xmx: a quarter of the memory that it sees. */
const defaultShare = 0.25;

export function checkJavaHeap(core: Core | undefined, options: DoctorOptions): Check[] {
  if (!core) return [];
  const name = "Java heap";
  const { procDir } = options.roots;
  const { usedKib, limitKib } = physicalNow(core, options);
  const vms = findFamily(procDir, core).filter(
    (one) => one.group === "javavm" && !one.name.endsWith(" child"),
  );
  if (vms.length === 0) return [ok(name, "no JavaVM is running")];
  const heaps = vms.map(({ pid }) => heapOf(procDir, core.pid, pid));
  const heapKib = heaps.reduce((sum, { maxKib }) => sum + (maxKib ?? limitKib * defaultShare), 0);
  const isSet = heaps.every(({ maxKib }) => maxKib !== undefined);
  const rssKib = vms.reduce((sum, { pid }) => sum + (readRssKib(procDir, pid) ?? 0), 0);
  // The heap may be held in part already, and a VM holds more than its heap.
  const fullKib = usedKib + Math.max(0, heapKib - rssKib);
  const limit = isSet ? `-Xmx ${formatKib(heapKib)} in all` : `no -Xmx, so about ${formatKib(heapKib)}`;
  const found = `${limit}, ${formatKib(rssKib)} held now; with a full heap ${percentOf(fullKib, limitKib)} % of the ceiling would be used`;
  const criticalKib = reachedAtKib(levelLimit(limitsOf("physical", options.config), "critical"), limitKib);
  if (fullKib < criticalKib) return [ok(name, found)];
  return [
    warn(
      name,
      `${found}, which is critical, without anything grown in the core`,
      'set a smaller heap before NSO starts: NCS_JAVA_VM_OPTIONS="-Xmx2G"',
    ),
  ];
}

/** By the VM's own command line, else by the variables it was started with. */
function heapOf(procDir: string, corePid: number, pid: number): { maxKib: number | undefined } {
  const own = readEnviron(procDir, pid);
  const core = readEnviron(procDir, corePid);
  const fromVariables = [own?.JAVA_TOOL_OPTIONS, core?.NCS_JAVA_VM_OPTIONS, own?.NCS_JAVA_VM_OPTIONS];
  const options = [...fromVariables.flatMap(javaWords), ...(readArgv(procDir, pid) ?? [])];
  // _JAVA_OPTIONS goes over the command line.
  return { maxKib: heapMaxKib([...options, ...javaWords(own?._JAVA_OPTIONS)]) };
}
