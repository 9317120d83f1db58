/** The parts of a running agent that the others work with. */

import { type ConfigHolder, createConfigHolder } from "../configuration/holder.ts";
import type { PreparedConfig } from "../configuration/prepare.ts";
import { momentNow } from "../core/clock.ts";
import { createForecasters, createLevels, type Levels } from "../core/levels.ts";
import { createSamples, type Samples } from "../core/samples.ts";
import { createSteadyTime, type SteadyTime } from "../core/steady-time.ts";
import { createUseWindow, type UseWindow } from "../core/use-window.ts";
import { hostClock } from "../linux/host-clock.ts";
import { createMeter, type Meter } from "../linux/meter.ts";
import type { Roots } from "../linux/roots.ts";
import type { CoreRegister } from "../record/core-register.ts";
import { type Incidents, openIncidents } from "../record/incident.ts";
import { openJournal, type Tone } from "../record/journal.ts";
import type { Lanes } from "../record/lane.ts";
import { type LastRuns, openLastRuns } from "../record/last-runs.ts";
import type { Paths } from "../record/paths.ts";
import { openSyslog } from "../record/syslog.ts";
import type { Host } from "../rescue/host.ts";
import { createPerformer, type Performer } from "../rescue/performer.ts";
import { type FoldedJournal, foldedJournal } from "./folded-journal.ts";
import { createIncidentKeeper, type IncidentKeeper } from "./incident-keeper.ts";
import { lastKnownText } from "./level-text.ts";
import { takeUpPast } from "./past.ts";
import { openRecorder, type Recorder } from "./recorder.ts";
import type { ServiceReport } from "./service-report.ts";
import { createSettler, type Settler } from "./settler.ts";
import { createSight, type Sight } from "./sight.ts";
import type { Source } from "./sources/source.ts";

export interface AgentParts {
  host: Host & { journal: FoldedJournal };
  lanes: Lanes;
  incidents: Incidents;
  lastRuns: LastRuns;
  recorder: Recorder;
  settler: Settler;
  keeper: IncidentKeeper;
  performer: Performer;
  source: Source;
  holder: ConfigHolder;
  measured: MemoryState;
}

/** What is known of memory now. */
export interface MemoryState {
  levels: Levels;
  samples: Samples;
  /** Who held memory over the last hours. */
  uses: UseWindow;
  meter: Meter;
  lines: LineCounts;
  steady: SteadyTime;
  sight: Sight;
}

/** Lines of the tool that led to nothing, since the start. */
export interface LineCounts {
  malformed: number;
  /** Written for a moment that had passed. */
  old: number;
}

/** The configuration in force at the start, and how another is taken over. */
export interface AgentConfiguration {
  initial: PreparedConfig;
  /** Reads it again. Throws NsomemError when it is not to be taken over. */
  readAgain: () => Promise<PreparedConfig>;
  /** Calls back each time a reload is asked for. */
  onReloadWish: (listener: () => void) => void;
}

export interface PartsOptions {
  paths: Paths;
  roots: Roots;
  configuration: AgentConfiguration;
  register: CoreRegister;
  lanes: Lanes;
  source: Source;
  service: Pick<ServiceReport, "reloaded">;
  dryRun: boolean;
  say: (text: string, tone: Tone) => void;
}

/** Each is made of those before it. Nothing runs yet. */
export function createParts({
  paths,
  roots,
  configuration,
  register,
  lanes,
  source,
  service,
  dryRun,
  say,
}: PartsOptions): AgentParts {
  const { initial, readAgain } = configuration;
  const { format, syslog } = initial.config.log;
  const logs = openJournal(
    paths,
    { lanes, wallMs: hostClock.wallMs, format, syslog: syslog ? openSyslog() : undefined },
    say,
  );
  const journal = foldedJournal(logs, hostClock.monotonicMs);
  const host = { roots, ...hostClock, journal };
  const onProblem = (text: string) => journal.say(text, "warning");
  const forecasters = createForecasters();
  const uses = createUseWindow();
  const recorder = openRecorder({
    paths,
    config: initial.config,
    procDir: roots.procDir,
    clock: host,
    onProblem,
    onPast: (past) => takeUpPast(past, { forecasters, uses }, momentNow(host)),
  });
  const settler = createSettler();
  // A lane of its own: what must be on disk before the signal waits for nothing else.
  const incidents = openIncidents(paths.incidents, lanes.of(paths.incidents));
  const lastRuns = openLastRuns(paths.lastRuns, { lane: lanes.of(paths.state), clock: hostClock });
  const performer = createPerformer({
    host,
    incidents,
    register,
    lastRuns,
    dryRun,
    onRecord(record) {
      recorder.action(record);
      settler.ring();
      if (record.outcome !== "running" && !dryRun) keeper.wish();
    },
  });
  const holder = createConfigHolder({
    initial,
    readAgain,
    host,
    onTaken(config) {
      source.reconfigure(config);
      performer.reconfigure(config);
    },
    onAnswer() {
      service.reloaded();
      settler.ring();
    },
  });
  const levels = createLevels(initial.config, forecasters);
  const measured = {
    levels,
    uses,
    samples: createSamples(),
    meter: createMeter(roots, host, { holds: true }),
    lines: { malformed: 0, old: 0 },
    steady: createSteadyTime(momentNow(host)),
    sight: createSight({ ...host, lastKnown: () => lastKnownText(levels) }),
  };
  const keeper = createIncidentKeeper({
    ...{ incidents, levels, records: performer.records, config: holder.config },
    ...{ journal, wallMs: host.wallMs },
  });
  if (!dryRun) keeper.wish();
  return { keeper, host, lanes, incidents, lastRuns, recorder, settler, performer, source, holder, measured };
}
