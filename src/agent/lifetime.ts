/** From the first core to the last word: which core is watched, what its coming and going means, and the agent's end. */

import { shown } from "../core/shown.ts";
import { watchOwnCgroup } from "../linux/cgroup-end.ts";
import type { CoreChoice } from "../linux/choose-core.ts";
import type { Core } from "../linux/nso.ts";
import type { HeldCore } from "../record/core-register.ts";
import { type CoreFollower, createCoreFollower } from "./core-follower.ts";
import type { HoldCore } from "./hold-core.ts";
import type { AgentParts } from "./parts.ts";

export type EndReason = "stopped" | "nso-ended";

export interface LifetimeOptions {
  choice: CoreChoice;
  hold: HoldCore;
  /** Stay when NSO ends, and act again for the one that comes back. */
  wait: boolean;
  stop: AbortSignal;
}

/** Of the core that is watched, with what its coming and going means. */
export interface Lifetime extends CoreFollower {
  /** Resolves when NSO has ended (without `wait`), or the agent is to stop. */
  ended: Promise<EndReason>;
  /** Resolves when no action runs any more; after a stop within 0.7 s. */
  quiet(): Promise<void>;
}

/** A stop waits no longer than this for what still runs: it is to be over within 2 s. */
const abortMsMax = 700;

export function createLifetime(parts: AgentParts, { choice, hold, wait, stop }: LifetimeOptions): Lifetime {
  const { host, performer } = parts;
  const end = Promise.withResolvers<EndReason>();
  const aborted = Promise.withResolvers<void>();
  // Also while it waits, after NSO has ended, for what still runs: a stop ends that soon.
  const onStop = () => {
    end.resolve("stopped");
    performer.abort();
    setTimeout(aborted.resolve, abortMsMax);
  };
  stop.addEventListener("abort", onStop);
  if (stop.aborted) onStop();
  let unwatch = () => {};
  const follower: CoreFollower = createCoreFollower({
    procDir: host.roots.procDir,
    choice,
    hold,
    monotonicMs: host.monotonicMs,
    onAttach(held) {
      attach(parts, held);
      unwatch = watchOwnCgroup(host.roots, held.core.pid, () => follower.check());
    },
    onDetach(core) {
      unwatch();
      detach(parts, core, { wait });
      if (!wait) return end.resolve("nso-ended");
      parts.source.follow({ users: follower.users() });
    },
    onRefusal: (text) => host.journal.say(text, "warning"),
  });
  return {
    ...follower,
    release() {
      unwatch();
      follower.release();
    },
    ended: end.promise,
    quiet: () => Promise.race([performer.idle(), aborted.promise]),
  };
}

function attach({ host, holder, measured, performer, recorder, source }: AgentParts, held: HeldCore): void {
  const { core } = held;
  measured.meter.follow(core);
  performer.follow(held, holder.config());
  const text = `NSO core ${core.name} (PID ${core.pid}${core.confFile ? `, ${shown(core.confFile)}` : ""})`;
  host.journal.say(`watching ${text}`);
  recorder.nso(`NSO up: ${text}`);
  source.follow({ pid: core.pid });
}

function detach(parts: AgentParts, core: Core, { wait }: { wait: boolean }): void {
  const { host, holder, measured, performer, recorder, settler } = parts;
  measured.meter.follow(undefined);
  const { levels } = measured;
  performer.ended((levels.state("physical").episode ?? levels.state("allocated").episode)?.id);
  performer.follow(undefined, holder.config());
  measured.samples.clear();
  const text = `NSO core (PID ${core.pid}) has ended`;
  host.journal.action(wait ? `${text}; waiting for it to come back` : text, "warning");
  recorder.nso(`NSO ended: PID ${core.pid}`);
  if (wait) settler.ring();
}
