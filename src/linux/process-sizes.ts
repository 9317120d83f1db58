/** RSS and private writable memory of NSO's processes, as plot.sh measures them: for while there is no tool. */

import type { ProcessSample } from "../core/reading.ts";
import type { Relative } from "./family.ts";
import type { Core } from "./nso.ts";
import { isAlive, readOptional } from "./procfs.ts";

export interface ProcessSize {
  rssKib: number;
  allocatedKib: number;
}

/** VmRSS, and VmData + VmStk (facts 1.1), of the text of `/proc/PID/status`; undefined for a zombie. See proc_pid_status(5). */
export function parseSize(statusText: string): ProcessSize | undefined {
  const [rssKib, dataKib, stackKib] = ["VmRSS", "VmData", "VmStk"].map((name) => {
    const value = new RegExp(`^${name}:\\s*(\\d{1,15}) kB$`, "m").exec(statusText)?.[1];
    return value === undefined ? undefined : Number(value);
  });
  if (rssKib === undefined || dataKib === undefined || stackKib === undefined) return undefined;
  return { rssKib, allocatedKib: dataKib + stackKib };
}

/**
 * One sample for the core and for each VM, whose children are added to it. What has ended since it was found is left
 * out. Two small reads a process.
 */
export function measureProcesses(
  procDir: string,
  core: Core,
  { family, atMs }: { family: readonly Relative[]; atMs: number },
): ProcessSample[] {
  const sizeOf = (process: Core | Relative) => {
    const text = isAlive(procDir, process) ? readOptional(`${procDir}/${process.pid}/status`) : undefined;
    return text === undefined ? undefined : parseSize(text);
  };
  const vms = family.filter(({ childOf }) => childOf === undefined);
  return [{ ...core, group: "core" as const }, ...vms].flatMap((process): ProcessSample[] => {
    const own = sizeOf(process);
    if (!own) return [];
    const children = family.flatMap((child) => {
      const size = child.childOf === process.pid ? sizeOf(child) : undefined;
      return size ? [{ pid: child.pid, ...size }] : [];
    });
    const sum = (key: keyof ProcessSize) => children.reduce((total, child) => total + child[key], own[key]);
    const { group, name, pid } = process;
    return [{ group, name, pid, rssKib: sum("rssKib"), allocatedKib: sum("allocatedKib"), children, atMs }];
  });
}
