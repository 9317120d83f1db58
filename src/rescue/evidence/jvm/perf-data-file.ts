/** The performance-data file of a JVM, `/tmp/hsperfdata_USER/PID` in its own root (facts 7.1). */

import { opendir } from "node:fs/promises";
import { describeError, errnoOf } from "../../../core/errors.ts";
import { openBelow } from "../../../linux/open-below.ts";
import type { JvmProcess } from "./jvm-process.ts";
import { type PerfCounters, parsePerfData } from "./perf-data.ts";

/** Names that are looked at in /tmp, which may hold anything. */
const entriesMax = 10_000;
/** HotSpot makes it of 32 KiB, or as -XX:PerfDataMemorySize says. */
const bytesMax = 4 * 1024 * 1024;

/** The counters of that JVM. Throws where there is no such file of its user. */
export async function readPerfData({ root, innerPid, owner }: JvmProcess): Promise<PerfCounters> {
  const refusals: string[] = [];
  for (const directory of await directoriesIn(`${root}/tmp`)) {
    const name = `tmp/${directory}/${innerPid}`;
    try {
      const { file, stats } = await openBelow(root, name);
      try {
        // Another process that has the same PID in another namespace, or somebody's trick.
        if (stats.uid !== owner.uid) continue;
        if (stats.size > bytesMax) throw new Error(`/${name} has more than ${bytesMax / 2 ** 20} MiB`);
        const data = Buffer.alloc(stats.size);
        const { bytesRead } = await file.read(data, 0, data.length, 0);
        const counters = parsePerfData(data.subarray(0, bytesRead));
        if (counters) return counters;
        refusals.push(`/${name} holds no counters`);
      } finally {
        await file.close();
      }
    } catch (error) {
      // The JVMs of other users, and of other PIDs.
      if (errnoOf(error) !== "ENOENT") refusals.push(describeError(error));
    }
  }
  throw new Error(
    refusals[0] ?? "no file of its counters in /tmp (-XX:-UsePerfData, or its user has no name)",
  );
}

async function directoriesIn(tmp: string): Promise<string[]> {
  const found: string[] = [];
  let seen = 0;
  for await (const { name } of await opendir(tmp)) {
    if (name.startsWith("hsperfdata_")) found.push(name);
    if (++seen >= entriesMax) break;
  }
  return found.sort();
}
