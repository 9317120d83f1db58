/**
 * Debian's earlyoom, to be measured beside: unpacked from its package and not installed, since the package would start
 * a service that kills.
 */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cached, compile, labFile } from "./cache.ts";
import { missingCommand } from "./missing.ts";
import { type Part, startPart } from "./part.ts";

/** The program, or why it cannot be had here. */
export function findEarlyoom(): { path: string } | { missing: string } {
  const lacking = missingCommand("apt-get", "dpkg-deb");
  if (lacking) return { missing: lacking };
  try {
    const dir = cached("earlyoom", [labFile("earlyoom.ts")], (partial) => {
      compile(["apt-get", "download", "-qq", "earlyoom"], partial);
      const [archive] = readdirSync(partial).filter((name) => name.endsWith(".deb"));
      compile(["dpkg-deb", "-x", join(partial, archive ?? ""), partial]);
    });
    const path = join(dir, "usr/bin/earlyoom");
    return existsSync(path) ? { path } : { missing: "earlyoom's package has no usr/bin/earlyoom" };
  } catch (error) {
    return { missing: `earlyoom cannot be had: ${String(error).split("\n")[0]}` };
  }
}

export interface Earlyoom extends Pick<Part, "stop"> {
  /** CLOCK_REALTIME in ms of when it would have sent SIGTERM; rejects after `timeoutMs`. */
  acted(timeoutMs: number): Promise<number>;
}

/** With `--dryrun`, which does all but the kill. It acts when at most `availablePercent` of memory is available. */
export async function startEarlyoom(path: string, availablePercent: number): Promise<Earlyoom> {
  const limit = availablePercent.toFixed(2);
  const words = ["--dryrun", "-r", "0", "-m", `${limit},${limit}`, "-s", "100,100"];
  // One stream, line by line.
  const part = startPart({ command: ["sh", "-c", 'exec "$0" "$@" 2>&1', path, ...words] });
  return {
    stop: part.stop,
    async acted(timeoutMs) {
      for (;;)
        if (/sending SIG(TERM|KILL)/.test(await part.line(timeoutMs)))
          return performance.timeOrigin + performance.now();
    },
  };
}
