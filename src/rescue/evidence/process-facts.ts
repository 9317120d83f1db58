/** What the kernel says of a process: its memory by kind, its largest areas, its children, its descriptors. No smaps. */

import { opendirSync, readlinkSync } from "node:fs";
import { isAllocated, type MemoryArea, parseMemoryAreas } from "../../core/memory-areas.ts";
import { shown } from "../../core/shown.ts";
import { formatKib } from "../../core/units.ts";
import { listPids, readArgv, readOptional, readRssKib, readStat } from "../../linux/procfs.ts";
import type { Found, Piece, Subject } from "./piece.ts";

export const processFacts: Piece = {
  name: "process",
  file: "process.txt",
  timeoutMs: 3000,
  take: takeProcessFacts,
};

const statusFields =
  /^(Name|State|Uid|VmPeak|VmSize|VmHWM|VmRSS|RssAnon|RssFile|RssShmem|VmData|VmSwap|Threads):.*$/gm;
const descriptorsMax = 10_000;
const areasShown = 10;
const childrenShown = 50;

// smaps would say which area is resident, and holds the process's memory map for 14.5 ms per GiB (facts 2.17).
function takeProcessFacts({ procDir, pid }: Subject): Found {
  const status = readOptional(`${procDir}/${pid}/status`);
  if (status === undefined) throw new Error("it has ended");
  const children = descendantsOf(procDir, pid);
  const descriptors = countDescriptors(`${procDir}/${pid}/fd`);
  const areas = parseMemoryAreas(readOptional(`${procDir}/${pid}/maps`) ?? "");
  const largest = areas
    .filter(isAllocated)
    .map(({ from, to }) => (to - from) / 1024)
    .sort((a, b) => b - a)
    .slice(0, areasShown);
  const text = [
    ...(status.match(statusFields) ?? []).map((line) => shown(line.replaceAll("\t", " "))),
    "",
    ...descriptorLines(descriptors),
    "",
    `largest areas of private writable memory, of ${areas.length} areas: ${largest.map(formatKib).join(", ") || "not to be seen by this user"}`,
    "",
    `children: ${children.length}`,
    ...children
      .slice(0, childrenShown)
      .map(({ pid, rssKib, command }) => `  ${pid}  ${formatKib(rssKib)}  ${shown(command, 120)}`),
    "",
  ].join("\n");
  return {
    headline: headlineOf(status, children),
    text,
    data: { children, descriptors: descriptors && Object.fromEntries(descriptors), largest },
  };
}

/** "1.2 GiB resident, 300 MiB swapped out, 2 children with 500 MiB". */
function headlineOf(status: string, children: readonly Child[]): string {
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0);
  const swapKib = kib("VmSwap");
  const childrenKib = children.reduce((sum, { rssKib }) => sum + rssKib, 0);
  return [
    `${formatKib(kib("VmRSS"))} resident`,
    ...(swapKib > 0 ? [`${formatKib(swapKib)} swapped out`] : []),
    ...(children.length > 0 ? [`${children.length} children with ${formatKib(childrenKib)}`] : []),
  ].join(", ");
}

export interface Child {
  pid: number;
  startTicks: number;
  rssKib: number;
  command: string;
}

/** Ancestry is at most this deep. */
const depthMax = 64;

/** All processes below `pid`, the largest first. */
export function descendantsOf(procDir: string, pid: number): Child[] {
  const stats = new Map(listPids(procDir).map((one) => [one, readStat(procDir, one)]));
  const isBelow = (one: number) => {
    let at = stats.get(one)?.ppid;
    for (let depth = 0; at !== undefined && at > 1 && depth < depthMax; depth++) {
      if (at === pid) return true;
      at = stats.get(at)?.ppid;
    }
    return false;
  };
  return [...stats]
    .filter(([one]) => isBelow(one))
    .map(([one, stat]) => ({
      pid: one,
      startTicks: stat?.startTicks ?? 0,
      rssKib: readRssKib(procDir, one) ?? 0,
      // Not its arguments: those of others may hold passwords.
      command: readArgv(procDir, one)?.[0] ?? "?",
    }))
    .sort((a, b) => b.rssKib - a.rssKib);
}

/** Open descriptors by what they lead to; undefined where they may not be seen. Names of files are left out. */
function countDescriptors(directory: string): Map<string, number> | undefined {
  const counts = new Map<string, number>();
  try {
    const opened = opendirSync(directory);
    try {
      for (let seen = 0; seen < descriptorsMax; seen++) {
        const entry = opened.readSync();
        if (!entry) break;
        const kind = descriptorKind(linkOf(`${directory}/${entry.name}`));
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
      }
    } finally {
      opened.closeSync();
    }
    return counts;
  } catch {
    return undefined;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

/** "socket", "pipe", "anon_inode:[eventpoll]", or "file". */
export function descriptorKind(target: string): string {
  const [, kind] = /^(socket|pipe):\[\d+\]$/.exec(target) ?? [];
  if (kind !== undefined) return kind;
  if (target.startsWith("anon_inode:")) return shown(target, 40);
  return target === "" ? "unknown" : "file";
}

function descriptorLines(descriptors: Map<string, number> | undefined): string[] {
  if (!descriptors) return ["descriptors: not to be seen by this user"];
  const inAll = [...descriptors.values()].reduce((sum, count) => sum + count, 0);
  const kinds = [...descriptors].sort(([, a], [, b]) => b - a);
  return [`descriptors: ${inAll}`, ...kinds.map(([kind, count]) => `  ${kind}: ${count}`)];
}

/** The areas of a process; throws where its user alone may see them. */
export function readMemoryAreas(procDir: string, pid: number): MemoryArea[] {
  const areas = parseMemoryAreas(readOptional(`${procDir}/${pid}/maps`) ?? "");
  if (areas.length === 0) throw new Error("its memory map may not be read by this user; root may");
  return areas;
}
