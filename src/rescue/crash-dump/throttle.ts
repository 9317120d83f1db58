/** The throttle: memory.high is raised while the core writes its dump, and put back when that is over (facts 2.10). */

import type { HighChange } from "../../core/incident-step.ts";
import { formatKib } from "../../core/units.ts";
import { planHighs, restoreHighs, writeHigh } from "../../linux/memory-high.ts";
import type { Core } from "../../linux/nso.ts";
import { isAlive } from "../../linux/procfs.ts";
import type { IncidentContext } from "../action-context.ts";
import { quietly } from "../bookkeeping.ts";
import type { MemoryPort } from "./ports.ts";

/** What is to be put back is on disk before it is changed, unless the disk is slower than this. */
const recordMsMax = 200;

/** `earlier`: what an agent before this one raised for the same dump. */
export function throttleOf(
  { incident, host }: IncidentContext,
  core: Core,
  earlier: readonly HighChange[] = [],
): Pick<MemoryPort, "unthrottle" | "throttleAgain"> {
  const { roots } = host;
  const raised = [...earlier];
  const refused = new Set<string>();
  let underWay: Promise<void> | undefined;
  const say = (text: string) => quietly(host, "not logged", () => host.journal.action(text, "warning"));
  const raise = async () => {
    if (!isAlive(roots.procDir, core)) return;
    const changes = planHighs(roots, core.pid).filter(({ file }) => !refused.has(file));
    if (changes.length === 0) return;
    incident.record(host.wallMs(), { step: "high-raised", changes });
    await incident.sync(recordMsMax);
    raised.push(...changes);
    for (const change of changes) {
      const { path, file, fromBytes, toBytes } = change;
      const reason = await writeHigh(file, toBytes);
      if (reason === undefined) {
        const [from, to] = [fromBytes, toBytes].map((bytes) => formatKib(bytes / 1024));
        say(`memory.high of cgroup ${path} raised from ${from} to ${to} for the dump`);
        continue;
      }
      refused.add(file);
      incident.record(host.wallMs(), { step: "high-refused", path, reason });
      say(`memory.high of cgroup ${path} could not be raised (${reason}): the dump is throttled there`);
    }
  };
  return {
    unthrottle() {
      underWay ??= raise().finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
    async throttleAgain() {
      await underWay?.catch(() => undefined);
      await putBackHighs({ incident, host }, raised);
      raised.length = 0;
    },
  };
}

/** Says and records what was put back. */
export async function putBackHighs(
  { incident, host }: Pick<IncidentContext, "incident" | "host">,
  raised: readonly HighChange[],
): Promise<void> {
  const changes = await restoreHighs(host.roots, raised);
  if (changes.length === 0) return;
  incident.record(host.wallMs(), { step: "high-restored", changes });
  const words = changes.map(({ path, fromBytes }) => `${formatKib(fromBytes / 1024)} in cgroup ${path}`);
  quietly(host, "not logged", () => host.journal.action(`memory.high is ${words.join(", ")} again`, "info"));
}
