/** Signal: SIGUSR1, right after a last look at who has the PID. The only place that sends it to an NSO core. */

import type { CrashDumpWorld } from "./ports.ts";

/** `gone`: another process has the PID, or none. When it was not sent, the shield is taken back. */
export function sendOnce({
  core,
  memory,
  record,
  progress,
}: Pick<CrashDumpWorld, "core" | "memory" | "record" | "progress">): "sent" | "refused" | "gone" {
  const { pid } = core;
  // Verified here, since the wait for the disk was time enough to end and be replaced. The register alone is in between.
  const isSame = core.isSame();
  if (isSame && core.send("SIGUSR1")) {
    progress.begun();
    record.write({ step: "signal-sent", pid, signal: "SIGUSR1", uptimeMs: record.uptimeMs() });
    record.say(`SIGUSR1 sent to NSO (PID ${pid}); waiting for its crash dump`);
    return "sent";
  }
  memory.unshield();
  if (isSame && core.isAlive()) {
    record.write({ step: "signal-refused", pid });
    return "refused";
  }
  record.write({ step: "signal-withheld", reason: "not the same process any more" });
  return "gone";
}
