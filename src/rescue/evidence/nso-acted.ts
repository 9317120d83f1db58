/** Whether NSO 6.7's own memory-management acted too, which takes debug dumps and raises an alarm (facts 3.6). */

import { readdir } from "node:fs/promises";
import { nsoDumpsSince } from "../../core/nso-dumps.ts";
import { confFileReach } from "../../linux/conf-file.ts";
import { reachIn, rootOf } from "../../linux/mount-root.ts";
import { readMemorySection } from "../../linux/ncs-conf.ts";
import type { CoreActionContext } from "../action-context.ts";
import { quietly } from "../bookkeeping.ts";

/** A directory of NSO's may be on a disk that hangs; nothing waits for this. */
const answerMsMax = 2000;
const directoriesMax = 10;
const namesMax = 10;

/** Says in the incident that both acted, where NSO's dumps since this level tell so. Never throws. */
export async function noteNsoActed(context: CoreActionContext): Promise<void> {
  const { action, incident, target, host } = context;
  const { confFile } = target.core;
  if (confFile === undefined) return;
  const looked = nsoDumps(context).catch(() => []);
  const found = await Promise.race([looked, Bun.sleep(answerMsMax).then(() => [])]);
  quietly(host, "not recorded that NSO acted too", () => {
    for (const { directory, dumps } of found) {
      const count = dumps.length;
      const newest = dumps.slice(-namesMax);
      incident.record(host.wallMs(), { step: "nso-acted", confFile, directory, count, dumps: newest });
      host.journal.action(
        `NSO's own memory-management acted too: ${count} debug dumps in ${directory} since ${action.level}`,
      );
    }
  });
}

async function nsoDumps({
  action,
  target,
  host,
}: CoreActionContext): Promise<{ directory: string; dumps: string[] }[]> {
  const { procDir } = host.roots;
  const root = rootOf(procDir, target.core.pid);
  const section = await readMemorySection(confFileReach(procDir, target.core));
  const directories = new Set(section?.actions.flatMap(({ directory }) => directory ?? []));
  const found = [...directories].slice(0, directoriesMax).map(async (directory) => {
    // ncs.conf asks for an absolute one; any other is none of those that can be looked into from here.
    const names = directory.startsWith("/") ? await readdir(reachIn(root, directory)).catch(() => []) : [];
    return { directory, dumps: nsoDumpsSince(names, action.reading.atMs) };
  });
  return (await Promise.all(found)).filter(({ dumps }) => dumps.length > 0);
}
