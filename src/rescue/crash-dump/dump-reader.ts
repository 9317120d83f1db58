/**
 * Reads a crash dump by a process of its own (`cli/dump-reader.ts`), which has the rights of the dump's owner and the
 * lowest priority, and ends it where it takes too long or too much. Nothing here rejects.
 */

import { endWords } from "../../core/child-end.ts";
import { describeError } from "../../core/errors.ts";
import type { DumpPart } from "../../core/incident-step.ts";
import { formatDuration } from "../../core/units.ts";
import { type DumpSummary, parseDumpSummary, summaryBytesMax } from "../../dump/summary.ts";
import { endWithin } from "../../linux/child.ts";
import { collectText, listenTo } from "../../linux/child-output.ts";
import { readOptional } from "../../linux/procfs.ts";
import { openRegularLater } from "../../linux/regular-file.ts";
import { ownProcDir } from "../../linux/roots.ts";
import { clampedEnv } from "../../linux/self.ts";

export interface DumpReaderRequest {
  /** The dump as errors call it, and the way to it. */
  path: string;
  reach: string;
  part: DumpPart;
  /** This program. */
  command: readonly string[];
  /** False ends it: memory is short again. Asked ten times a second. */
  mayGoOn: () => boolean;
  stop: AbortSignal;
}

export type DumpReading = { summary: DumpSummary } | { reason: string };

/** 118 MB are what 277,140 processes take, 200 MB a million; a reader that has more is not as it should be. */
const rssKibMax = 256 * 1024;
const lookMs = 100;
const complaintLengthMax = 500;

export async function readByProcess(request: DumpReaderRequest): Promise<DumpReading> {
  try {
    const { path, reach } = request;
    // No link, but where it was followed already: in a container's root it would lead to a file of this host's.
    const { file, stats } = await openRegularLater(reach, { isNoLink: reach !== path, name: path });
    try {
      return await readDescriptor(file.fd, stats.size, request);
    } finally {
      await file.close();
    }
  } catch (error) {
    return { reason: describeError(error) };
  }
}

/** A cold disk gives 50 MB/s at the least, or the ledger has to do. */
function timeoutOf(part: DumpPart, bytes: number): number {
  return part === "ledger" ? 10_000 : Math.min(30_000 + bytes / 50_000, 600_000);
}

async function readDescriptor(
  descriptor: number,
  bytes: number,
  { path, part, command, mayGoOn, stop }: DumpReaderRequest,
): Promise<DumpReading> {
  const words = [...(part === "ledger" ? ["--ledger"] : []), "--", path];
  const [file = "", ...rest] = command;
  const child = Bun.spawn([file, ...rest, "dump-reader", ...words], {
    cwd: "/",
    env: clampedEnv(process.env, "beside"),
    stdio: [descriptor, "pipe", "pipe"],
    detached: true,
  });
  const said = collectText(child.stdout, summaryBytesMax);
  const complaint = listenTo(child.stderr, complaintLengthMax);
  const limits = watchLimits(child.pid, { mayGoOn, stop });
  const timeoutMs = timeoutOf(part, bytes);
  const how = await endWithin(child, { timeoutMs, signal: limits.signal });
  limits.close();
  const [text, why] = await Promise.all([said.text(), complaint.start()]);
  if (how === "deadline") return { reason: `its reader took longer than ${formatDuration(timeoutMs)}` };
  if (how === "aborted") return { reason: limits.reason() };
  if (child.exitCode !== 0)
    return { reason: why.trim().replace(/^nsomem: /, "") || `its reader ended: ${endWords(child)}` };
  const summary = text === undefined ? undefined : parseDumpSummary(text);
  return summary ? { summary } : { reason: "its reader did not say what it should" };
}

/** Ends the reader before it is the load that tips the server over. */
function watchLimits(
  pid: number,
  { mayGoOn, stop }: Pick<DumpReaderRequest, "mayGoOn" | "stop">,
): { signal: AbortSignal; reason: () => string; close: () => void } {
  const controller = new AbortController();
  let reason = "stopped with the agent";
  const onStop = () => controller.abort();
  stop.addEventListener("abort", onStop);
  if (stop.aborted) onStop();
  const timer = setInterval(() => {
    const rssKib = Number(
      /^VmRSS:\s+(\d+)/m.exec(readOptional(`${ownProcDir}/${pid}/status`) ?? "")?.[1] ?? 0,
    );
    const isTooLarge = rssKib > rssKibMax;
    if (!isTooLarge && mayGoOn()) return;
    reason = isTooLarge
      ? `its reader took ${rssKib} KiB of memory`
      : "memory became critical while it was read";
    controller.abort();
  }, lookMs);
  return {
    signal: controller.signal,
    reason: () => reason,
    close() {
      clearInterval(timer);
      stop.removeEventListener("abort", onStop);
    },
  };
}
