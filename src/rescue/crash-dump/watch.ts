/** Watch: from the signal to the end of the core. The dump's growth is shown, and room is made for it. */

import type { Moment } from "../../core/clock.ts";
import { describeError } from "../../core/errors.ts";
import { formatDuration, formatKib } from "../../core/units.ts";
import type { FollowedDump } from "./ports.ts";

const pollMs = 50;
const progressMs = 5000;
const recordEveryMs = 1000;
/** After this long VMs are looked for again: NSO may have restarted one, or one was missed. */
const shedEveryMs = 5000;
const killGraceMs = 5000;

/** True when the core ended, false when it still lives at the deadline, undefined when the agent was stopped. */
export async function watchDump(world: FollowedDump, sentAt: Moment): Promise<boolean | undefined> {
  const { core, record, policy, progress } = world;
  const lookAtFile = watchFile(world, sentAt);
  const makeRoom = roomMaker(world);
  let killedAtMs: number | undefined;
  while (core.isAlive()) {
    const nowMs = record.monotonicMs();
    if (progress.stop.aborted) return undefined;
    if (nowMs - sentAt.monotonicMs > policy.timeout) {
      if (policy.kill === "never") return false;
      if (killedAtMs !== undefined && nowMs - killedAtMs > killGraceMs) return false;
      if (killedAtMs === undefined) {
        killedAtMs = nowMs;
        record.write({ step: "sigkill", sent: core.send("SIGKILL"), configured: "crash_dump.kill" });
      }
    }
    makeRoom(nowMs);
    lookAtFile(nowMs);
    await Bun.sleep(pollMs);
  }
  return true;
}

/**
 * Ends the VMs while memory is critical, at most once in `shedEveryMs`; at once where the kernel would kill them and
 * the core together. Not awaited: SIGKILL follows after 2 s.
 */
function roomMaker({ memory, record, policy }: FollowedDump): (nowMs: number) => void {
  let shedAtMs = Number.NEGATIVE_INFINITY;
  const oomGroup = policy.shed === "never" ? undefined : memory.oomGroup();
  if (oomGroup !== undefined)
    record.say(`the kernel kills all of cgroup ${oomGroup} together (memory.oom.group): its VMs end at once`);
  let isFirst = oomGroup !== undefined;
  return (nowMs) => {
    if (policy.shed === "never" || nowMs - shedAtMs < shedEveryMs) return;
    if (!isFirst && !memory.isCritical()) return;
    isFirst = false;
    shedAtMs = nowMs;
    memory
      .makeRoom()
      .catch((error: unknown) => record.write({ step: "shed-failed", reason: describeError(error) }));
  };
}

/** Shows how the file grows. Never awaited: on a dead mount there is no answer, and room must still be made. */
function watchFile({ dump, record }: FollowedDump, sentAt: Moment): (nowMs: number) => void {
  let shownAtMs = sentAt.monotonicMs;
  let lookedAtMs = sentAt.monotonicMs;
  let bytes = -1;
  let looking = false;
  return (nowMs) => {
    if (looking || nowMs - lookedAtMs < recordEveryMs) return;
    lookedAtMs = nowMs;
    looking = true;
    void dump
      .find(sentAt)
      .then((file) => {
        looking = false;
        if (file && file.bytes !== bytes)
          record.write({ step: "growing", bytes: file.bytes, path: file.path });
        bytes = file?.bytes ?? bytes;
        if (nowMs - shownAtMs < progressMs) return;
        shownAtMs = nowMs;
        const written = file ? `${formatKib(file.bytes / 1024)} written` : "nothing written yet";
        record.say(`crash dump: ${written} after ${formatDuration(nowMs - sentAt.monotonicMs)}`);
      })
      .catch(() => {
        looking = false;
      });
  };
}
