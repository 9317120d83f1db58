/** What was measured and done, recorded in the history and shown in status.json, once per tick. */

import { dirname } from "node:path";
import { boundStatus } from "../core/bounded-status.ts";
import type { Status } from "../core/status.ts";
import type { AgentLock } from "../linux/agent-lock.ts";
import { readOvercommitMode } from "../linux/procfs.ts";
import type { Paths } from "../record/paths.ts";
import { statusFileAt } from "../record/status-file.ts";
import { createForeseer } from "./foresight.ts";
import type { Lifetime } from "./lifetime.ts";
import type { AgentParts } from "./parts.ts";
import { tickSettleMs } from "./settler.ts";
import { buildStatus } from "./status.ts";
import { createUnknowns } from "./unknowns.ts";

export interface Publisher {
  /** Records a tick and publishes the status: once per tick. */
  tick(): void;
  /** The last status of this agent: it does not run any more. Waits for it at most `msMax`. */
  last(msMax: number): Promise<boolean>;
  /** A reading was taken: published with its tick. The first one makes the agent ready. */
  noteReading(): void;
  isReady(): boolean;
  /** How long ago the status was last published, or the agent began. */
  ageMs(): number;
}

export interface PublisherOptions {
  lifetime: Lifetime;
  paths: Pick<Paths, "statusFile" | "state">;
  lock: AgentLock;
  dryRun: boolean;
  onStatus: (status: Status) => void;
  /** The first reading is published, so a status right after this is complete. */
  onReady: () => void;
}

/** Somebody may remove the directory of a running agent: a cleaner of temporary files, or systemd at a logout. */
const lockLookMs = 5000;
/** The agent is ready then all the same: it watches, whatever becomes of its status. */
const firstStatusMsMax = 1000;

export function createPublisher(parts: AgentParts, options: PublisherOptions): Publisher {
  const { host, holder, incidents, lanes, recorder, settler, measured } = parts;
  const sinceMs = host.wallMs();
  const foreseer = createForeseer(parts);
  const unknowns = createUnknowns(measured.meter, host);
  let publishedMs = host.monotonicMs();
  let isReady = false;
  let hasEnded = false;
  const { paths } = options;
  const file = statusFileAt(paths.statusFile, lanes.of(dirname(paths.statusFile)));
  const keepLock = atMostEach(lockLookMs, async () => {
    const news = await lanes.of(paths.state).do(options.lock.keep);
    if (news !== undefined) host.journal.say(news, "warning");
  });
  /** One look serves the history and the status. */
  const look = () => {
    const samples = measured.samples.current(holder.config().tool.interval_max);
    const overcommitMode = readOvercommitMode(host.roots.procDir);
    return { samples, overcommitMode };
  };
  const publish = (seen: ReturnType<typeof look>, { running }: { running: boolean }) => {
    const core = options.lifetime.core();
    const status = buildStatus(parts, {
      run: { running, sinceMs, dryRun: options.dryRun },
      core,
      unknown: unknowns.look(core?.pid),
      ...seen,
      foresight: foreseer.look(seen.samples, seen.overcommitMode),
      problems: [...incidents.problems(), ...orNone(file.problem())],
    });
    file.write(boundStatus(status));
    publishedMs = host.monotonicMs();
    options.onStatus(status);
  };
  const tick = () => {
    // Asked for by a reading of the last moment: everything is closed by now.
    if (hasEnded) return;
    keepLock();
    const seen = look();
    recorder.tick(measured.levels, seen.overcommitMode, seen.samples);
    publish(seen, { running: true });
  };
  return {
    tick,
    last(msMax) {
      hasEnded = true;
      publish(look(), { running: false });
      return file.settle(msMax);
    },
    noteReading() {
      if (isReady) return settler.ring();
      isReady = true;
      setTimeout(async () => {
        tick();
        await file.settle(firstStatusMsMax);
        options.onReady();
      }, tickSettleMs);
    },
    isReady: () => isReady,
    ageMs: () => host.monotonicMs() - publishedMs,
  };
}

/** `work`, but not again within `ms` of the last time, nor while that one still waits. */
function atMostEach(ms: number, work: () => Promise<void>): () => void {
  let dueMs = 0;
  let isWorking = false;
  return () => {
    if (isWorking || performance.now() < dueMs) return;
    dueMs = performance.now() + ms;
    isWorking = true;
    void work().finally(() => {
      isWorking = false;
    });
  };
}

function orNone(text: string | undefined): string[] {
  return text === undefined ? [] : [text];
}
