/** The running agent, put together: lines in, levels, decisions, actions; everything recorded and shown. */

import type { ActionRecord } from "../core/action.ts";
import { momentNow } from "../core/clock.ts";
import { type Level, severity } from "../core/level.ts";
import { memoryKinds } from "../core/reading.ts";
import { agentStartWords } from "../core/recorded-readings.ts";
import { isEnforced } from "../core/rule.ts";
import type { Status } from "../core/status.ts";
import { formatDuration, formatTime } from "../core/units.ts";
import type { AgentLock } from "../linux/agent-lock.ts";
import type { CoreChoice } from "../linux/choose-core.ts";
import { measureProcesses } from "../linux/process-sizes.ts";
import { readOvercommitMode } from "../linux/procfs.ts";
import type { Roots } from "../linux/roots.ts";
import { keepSpares } from "../linux/spare-descriptor.ts";
import type { CoreRegister, HeldCore } from "../record/core-register.ts";
import type { Tone } from "../record/journal.ts";
import type { Lanes } from "../record/lane.ts";
import type { Paths } from "../record/paths.ts";
import { createDecider } from "./decider.ts";
import type { HoldCore } from "./hold-core.ts";
import { createIntake, type Intake } from "./intake.ts";
import { createLifetime, type EndReason, type Lifetime } from "./lifetime.ts";
import { type AgentConfiguration, type AgentParts, createParts } from "./parts.ts";
import { createPublisher, type Publisher } from "./publisher.ts";
import { createPulse, type Pulse } from "./pulse.ts";
import type { Rest } from "./rest.ts";
import type { ServiceReport } from "./service-report.ts";
import { createOwnSampling, type OwnSampling } from "./sources/own-sampling.ts";
import type { Source } from "./sources/source.ts";
import { catchUncaught } from "./uncaught.ts";

/** What the operator sees of it: a status line, or nothing for a daemon. */
export interface AgentView {
  say(text: string, tone: Tone): void;
  update(status: Status): void;
}

/** Where the lines come from. */
export interface AgentInput {
  source: Source;
  /** The lines are another tool's: its verdicts are obeyed, its basis and limits are its own. */
  foreign: boolean;
  /** Whether lines go into monitor.log: not those that are in another log already. */
  keepLines: boolean;
}

export interface AgentOptions {
  paths: Paths;
  roots: Roots;
  configuration: AgentConfiguration;
  input: AgentInput;
  /** The core to begin with, and how to tell the next one. `wait`: stay when NSO ends, and act again for the next. */
  nso: { held: HeldCore | undefined; choice: CoreChoice; hold: HoldCore; wait: boolean };
  /** Which cores were sent the signal. */
  register: CoreRegister;
  /** The right to work in the state directory. */
  lock: AgentLock;
  lanes: Lanes;
  dryRun: boolean;
  view: AgentView;
  /** What is said to a service manager. */
  service: ServiceReport;
  /** What is done while nothing is to be done. */
  rest: Rest;
  /** The first reading was taken and status.json is written. */
  onReady: () => void;
  stop: AbortSignal;
}

/** What came of a run, for the last words to the operator. */
export interface AgentSummary {
  reason: EndReason;
  /** When it began to end, by the monotonic clock in ms: a stop is to be over within 2 s. */
  endingSinceMs: number;
  actions: readonly ActionRecord[];
  /** Nothing more may be loaded on the host while this is false. */
  memoryIsNormal: boolean;
  /** Directories that owe an answer: nothing may be read or written there without a deadline. */
  silentPlaces: string[];
}

/** Runs until the core has ended (without `wait`) or `stop` is aborted. */
export async function runAgent(options: AgentOptions): Promise<AgentSummary> {
  const { configuration, input, nso, rest, service, view } = options;
  const parts = createParts({ ...options, source: input.source, say: view.say });
  const { settler, holder, host } = parts;
  const endCatching = catchUncaught((text) => host.journal.say(text, "error"));
  const decider = createDecider(parts, { ...input, onRefuted: () => sampling.insist() });
  const lifetime = createLifetime(parts, { ...nso, stop: options.stop });
  const publisher = createPublisher(parts, {
    lifetime,
    paths: options.paths,
    lock: options.lock,
    dryRun: options.dryRun,
    onStatus(status) {
      view.update(status);
      service.status(status);
    },
    onReady() {
      service.ready();
      options.onReady();
    },
  });
  const intake = createIntake(parts, { decider, publisher, lifetime, ...input });
  const sampling = ownSampling(parts, input, { intake, lifetime });
  const pulse = agentPulse(parts, { lifetime, publisher, rest, sampling, service });
  settler.listen(() => {
    publisher.tick();
    pulse.ride();
  });
  configuration.onReloadWish(() => {
    service.reloading();
    holder.reload();
  });
  begin(parts, options, lifetime);
  startSource(parts, { intake, publisher, sampling });
  pulse.begin();
  const reason = await lifetime.ended;
  service.stopping();
  const endingSinceMs = host.monotonicMs();
  pulse.stop();
  await lifetime.quiet();
  lifetime.release();
  const ending = { reason, endingSinceMs };
  return await finish(parts, { publisher, sampling, ending }).finally(endCatching);
}

function ownSampling(
  { host, holder, measured, performer, source }: AgentParts,
  { foreign }: AgentInput,
  { intake, lifetime }: Pick<Heart, "intake" | "lifetime">,
): OwnSampling {
  const { meter, sight, levels } = measured;
  return createOwnSampling({
    meter,
    config: holder.config,
    monotonicMs: host.monotonicMs,
    isNeeded: () => !source.isDelivering(),
    mayCorrect: !foreign,
    latest: levels.latest,
    onReading: intake.ownReading,
    onProcesses() {
      const core = lifetime.core();
      if (!core) return;
      const seen = { family: performer.family(), atMs: host.wallMs() };
      intake.ownSamples(measureProcesses(host.roots.procDir, core, seen));
    },
    onSight: () => sight.saw("physical"),
    onFailure: sight.failed,
  });
}

/** Before the first line: the log says that an agent begins here, and what an earlier one left is taken up. */
function begin(
  { host, holder, performer, source }: AgentParts,
  { input: { keepLines }, nso: { held }, service }: Pick<AgentOptions, "input" | "nso" | "service">,
  lifetime: Lifetime,
): void {
  if (keepLines)
    host.journal.monitor(`${formatTime(host.wallMs())} [TOOL] ${agentStartWords} (PID ${process.pid})`);
  const obstacle = service.obstacle();
  if (obstacle !== undefined) host.journal.say(obstacle, "warning");
  performer.finishEarlier(holder.config());
  if (held) lifetime.attach(held);
  else {
    host.journal.say("no NSO core is running yet; waiting for one");
    source.follow({ users: lifetime.users() });
  }
}

/** With readings a minute apart, or none, status.json says all the same that the agent lives. */
const statusAgeMsMax = 2500;
/** How long the tool may take to its first line before the agent measures by itself: it takes about 30 ms. */
const firstLineMs = 400;

interface Heart {
  intake: Intake;
  lifetime: Lifetime;
  publisher: Publisher;
  sampling: OwnSampling;
  service: ServiceReport;
}

function startSource(
  { host, recorder, source }: AgentParts,
  { intake, publisher, sampling }: Pick<Heart, "intake" | "publisher" | "sampling">,
): void {
  source.start({
    onLine: intake.line,
    onNews(text, tone) {
      host.journal.say(text, tone);
      recorder.tool(text);
      // The tool died or fell silent: its place is taken at once.
      if (tone === "warning" && publisher.isReady()) sampling.wake();
    },
  });
  sampling.wakeIn(firstLineMs);
}

/** Looks again and again after the core and the source, and has memory looked at beside a tool that is well. */
function agentPulse(
  parts: AgentParts,
  { lifetime, publisher, rest, sampling, service }: Omit<Heart, "intake"> & Pick<AgentOptions, "rest">,
): Pulse {
  const { host, holder, measured, settler, source } = parts;
  const isCalm = () =>
    source.isDelivering() && !sampling.isAlone() && !lifetime.isExpected() && isBelow("critical");
  /** A host whose commit limit is not in force may be above it for years. */
  const isBelow = (limit: Level) =>
    memoryKinds.every((kind) => {
      const level = measured.levels.state(kind).level ?? "normal";
      const mode = () => readOvercommitMode(host.roots.procDir);
      return severity(level) < severity(limit) || !isEnforced(kind, holder.config(), mode());
    });
  return createPulse({
    beat() {
      if (!source.isDelivering() && !sampling.isAlone()) sampling.wake();
      // Without readings nobody else asks for a status.
      if (measured.sight.look() || publisher.ageMs() > statusAgeMsMax) settler.ring();
      keepSpares();
      sayClockStep(parts);
      host.journal.look();
      lifetime.check();
      service.look(measured.sight.isSeeing());
      if (isCalm()) rest.look({ isQuiet: isBelow("warning") });
    },
    isCalm,
    onRide: sampling.ride,
    monotonicMs: host.monotonicMs,
  });
}

/** Nothing here depends on the time of day; whoever reads the logs and the history must know why it jumps. */
function sayClockStep({ host, measured, recorder }: AgentParts): void {
  const stepMs = measured.steady.step(momentNow(host));
  if (stepMs === undefined) return;
  const way = stepMs < 0 ? "back" : "forward";
  const text = `the time of day went ${way} by ${formatDuration(Math.abs(stepMs))}: it was set, or the host was suspended`;
  host.journal.say(text, "warning");
  recorder.tool(text);
}

/** The last attempt to write what waits: a full disk refuses at once, and one that hangs is not waited for. */
const lastWritesMsMax = 400;
/** A tool ends within 20 ms; one that hangs is killed while the last things are written. */
const lastLinesMsMax = 150;

/** The source is stopped, the last status written, everything closed. */
async function finish(
  {
    host,
    holder,
    incidents,
    keeper,
    lanes,
    lastRuns,
    measured,
    performer,
    recorder,
    settler,
    source,
  }: AgentParts,
  {
    publisher,
    sampling,
    ending,
  }: Pick<Heart, "publisher" | "sampling"> & { ending: Pick<AgentSummary, "reason" | "endingSinceMs"> },
): Promise<AgentSummary> {
  const { journal } = host;
  sampling.stop();
  settler.stop();
  keeper.stop();
  const sourceEnds = source.stop();
  await Promise.race([sourceEnds, Bun.sleep(lastLinesMsMax)]);
  if (measured.lines.old > 0) journal.say(`${measured.lines.old} old lines were read but not acted on`);
  journal.say(ending.reason === "stopped" ? "stopped" : "NSO has ended, so nsomem ends too");
  await Promise.all([
    publisher.last(lastWritesMsMax),
    recorder.close(lastWritesMsMax),
    incidents.finish(lastWritesMsMax),
    lastRuns.settle(lastWritesMsMax),
    journal.close(lastWritesMsMax),
    sourceEnds,
  ]);
  const memoryIsNormal = isMemoryNormal();
  return { ...ending, actions: performer.records(), memoryIsNormal, silentPlaces: lanes.waiting() };

  function isMemoryNormal(): boolean {
    try {
      return measured.meter.measure(holder.config()).readings.physical.level === "normal";
    } catch {
      // What cannot be measured is not to be loaded.
      return false;
    }
  }
}
