/** Debian's earlyoom, to be measured beside: unpacked and not installed, since its service kills. */

import { join } from "node:path";
import { findPackage } from "./debian-package.ts";
import { type Part, startPart } from "./part.ts";

/** The program, or why it cannot be had here. */
export function findEarlyoom(): { path: string } | { missing: string } {
  const found = findPackage("earlyoom");
  return "missing" in found ? found : { path: join(found.bin, "earlyoom") };
}

export interface Earlyoom extends Pick<Part, "stop"> {
  /** CLOCK_REALTIME in ms of when it would have sent SIGTERM; rejects after `timeoutMs`. */
  acted(timeoutMs: number): Promise<number>;
}

/**
 * With `--dryrun`, which does all but the kill. It acts when at most `availableKib` are available: `-M`, of which it makes
 * an exact share of MemTotal, while `-m` takes whole percents.
 */
export async function startEarlyoom(path: string, availableKib: number): Promise<Earlyoom> {
  const words = ["--dryrun", "-r", "0", "-M", `${availableKib},${availableKib}`, "-s", "100,100"];
  // One stream, line by line.
  const part = startPart({ command: ["sh", "-c", 'exec "$0" "$@" 2>&1', path, ...words] });
  return {
    stop: part.stop,
    async acted(timeoutMs) {
      for (;;)
        if (/sending SIG(TERM|KILL) to process/.test(await part.line(timeoutMs)))
          return performance.timeOrigin + performance.now();
    },
  };
}
