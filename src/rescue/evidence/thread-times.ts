/** The threads of a process by name with the CPU time they took between two looks. See proc_pid_stat(5). */

import { readdirSync } from "node:fs";
import { shown } from "../../core/shown.ts";
import { readOptional } from "../../linux/procfs.ts";
import type { Found, Piece, Subject } from "./piece.ts";

export interface ThreadTime {
  tid: number;
  name: string;
  startTicks: number;
  /** User and system time. */
  cpuTicks: number;
}

export interface BusyThread {
  tid: number;
  name: string;
  /** Of one core, between the looks. */
  percent: number;
  cpuTotalMs: number;
}

/** `sysconf(_SC_CLK_TCK)`: 100 on every Linux that has a libc. */
const ticksPerSecond = 100;
/** 0.03 to 0.16 ms each: 2,000 take 0.3 s at most. */
const threadsMax = 2000;
const betweenMs = 1000;

export const threadTimes: Piece = {
  name: "threads",
  file: "threads.txt",
  timeoutMs: 5000,
  take: takeThreadTimes,
};

async function takeThreadTimes({ procDir, pid }: Subject): Promise<Found> {
  const before = readThreads(procDir, pid);
  const beganMs = performance.now();
  await Bun.sleep(betweenMs);
  const after = readThreads(procDir, pid);
  const busy = busyThreads(before.threads, after.threads, performance.now() - beganMs);
  const text = threadsText(busy, after.inAll);
  const top = busy[0];
  const headline =
    top && top.percent >= worthSaying
      ? `busiest thread ${shown(top.name, 40)} ${Math.round(top.percent)} %`
      : undefined;
  return { headline, text, data: { threads: after.inAll, busiest: busy.slice(0, 50) } };
}

/** Less is no answer to who is busy. */
const worthSaying = 20;

/** Throws where it has ended. */
function readThreads(procDir: string, pid: number): { threads: ThreadTime[]; inAll: number } {
  const tids = readdirSync(`${procDir}/${pid}/task`);
  const threads = tids.slice(0, threadsMax).flatMap((tid): ThreadTime[] => {
    const text = readOptional(`${procDir}/${pid}/task/${tid}/stat`);
    const thread = text === undefined ? undefined : parseThreadTime(text);
    return thread ? [thread] : [];
  });
  return { threads, inAll: tids.length };
}

/** The text of a thread's `stat`; its name may hold spaces and parentheses. */
export function parseThreadTime(text: string): ThreadTime | undefined {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  const tid = Number(text.slice(0, Math.max(0, open)));
  const fields = text.slice(close + 2).split(" ");
  const [user, system, startTicks] = [fields[11], fields[12], fields[19]].map(Number) as [
    number,
    number,
    number,
  ];
  if (open < 0 || close < open || ![tid, user, system, startTicks].every(Number.isFinite)) return undefined;
  return { tid, name: text.slice(open + 1, close), startTicks, cpuTicks: user + system };
}

/** The busiest first. One that began between the looks counts from its beginning. */
export function busyThreads(
  before: readonly ThreadTime[],
  after: readonly ThreadTime[],
  overMs: number,
): BusyThread[] {
  const known = new Map(before.map((thread) => [`${thread.tid} ${thread.startTicks}`, thread.cpuTicks]));
  return after
    .map(({ tid, name, startTicks, cpuTicks }) => {
      const spent = cpuTicks - (known.get(`${tid} ${startTicks}`) ?? 0);
      const percent = (100 * 1000 * spent) / ticksPerSecond / Math.max(1, overMs);
      return { tid, name, percent: Math.max(0, percent), cpuTotalMs: (cpuTicks * 1000) / ticksPerSecond };
    })
    .sort((a, b) => b.percent - a.percent || b.cpuTotalMs - a.cpuTotalMs);
}

function threadsText(busy: readonly BusyThread[], inAll: number): string {
  const rows = busy.map(
    ({ tid, name, percent, cpuTotalMs }) =>
      `${percent.toFixed(0).padStart(5)} ${(cpuTotalMs / 1000).toFixed(1).padStart(10)}  ${String(tid).padStart(8)}  ${shown(name, 64)}`,
  );
  const left = inAll > busy.length ? [`… and ${inAll - busy.length} more`] : [];
  return [
    `${inAll} threads; CPU in % of one core over one second`,
    "    %  CPU in s       TID  name",
    ...rows,
    ...left,
    "",
  ].join("\n");
}
