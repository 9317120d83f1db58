/** The target of now: one core with what is held of it, replaced when NSO restarts or another configuration is taken. */

import type { Config } from "../core/config.ts";
import type { HeldCore } from "../record/core-register.ts";
import type { Incidents } from "../record/incident.ts";
import { wasSignalled } from "./crash-dump/unfinished.ts";
import type { Host } from "./host.ts";
import { createOneSignal } from "./one-signal.ts";
import { readTarget, type Target } from "./target.ts";

export interface FollowedTarget {
  now(): Target | undefined;
  /** What actions need of the core is read now, while it is healthy. `running` are the actions on the one before. */
  follow(held: HeldCore | undefined, config: Config, running: ReadonlySet<Promise<unknown>>): void;
  /** What the configuration says about the core is read anew; its one signal stays what it is. */
  reconfigure(config: Config): void;
}

export function createFollowedTarget(host: Host, incidents: Pick<Incidents, "dir" | "read">): FollowedTarget {
  let target: Target | undefined;
  return {
    now: () => target,
    follow(held, config, running) {
      const left = target;
      // What is still being done to it needs what it holds: the directory of its dump, which may be a container's.
      if (left) void Promise.allSettled(running).then(() => left.close());
      target = undefined;
      if (!held) return;
      const { core, hold } = held;
      // The incident's record too: it is on the disk where no register can be kept.
      const recorded = incidents.read(() => wasSignalled(incidents.dir, host.roots.procDir, core));
      const signal = createOneSignal({ isSpent: hold.wasSignalled(), recorded, record: hold });
      target = readTarget(host, { core, signal }, config);
    },
    reconfigure(config) {
      if (!target) return;
      target.close();
      target = readTarget(host, target, config);
    },
  };
}
