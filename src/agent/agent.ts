/** The running agent: lines in, levels, decisions, deeds; everything recorded and shown. */

import { createConfigHolder } from "../configuration/holder.ts";
import type { PreparedConfig } from "../configuration/prepare.ts";
import type { ActionRecord, Decision } from "../core/action.ts";
import { decisionRows } from "../core/decision-row.ts";
import type { LevelChange } from "../core/episode.ts";
import { createLevels } from "../core/levels.ts";
import { formatReading, parseLine } from "../core/line.ts";
import type { Reading } from "../core/reading.ts";
import { agentStartWords } from "../core/recorded-readings.ts";
import { type Circumstances, decide, type Firing } from "../core/rule.ts";
import { createSamples } from "../core/samples.ts";
import type { Status } from "../core/status.ts";
import { formatKib, formatTime, percentOf } from "../core/units.ts";
import type { CoreChoice } from "../linux/choose-core.ts";
import { createMeter } from "../linux/meter.ts";
import type { Core } from "../linux/nso.ts";
import { readOvercommitMode } from "../linux/procfs.ts";
import type { Roots } from "../linux/roots.ts";
import { openJournal, type Tone } from "../record/journal.ts";
import { openLastRuns } from "../record/last-runs.ts";
import type { Paths } from "../record/paths.ts";
import { writeStatus } from "../record/status-file.ts";
import { createPerformer } from "../rescue/performer.ts";
import { createConfirmation } from "./confirmation.ts";
import { createCoreFollower } from "./core-follower.ts";
import { openRecorder } from "./recorder.ts";
import { createOwnSampling } from "./sources/own-sampling.ts";
import type { StartSource } from "./sources/source.ts";
import { buildStatus } from "./status.ts";

/** What the operator sees of it: a status line, or nothing for a daemon. */
export interface AgentView {
  say(text: string, tone: Tone): void;
  update(status: Status): void;
}

export interface AgentOptions {
  paths: Paths;
  config: PreparedConfig;
  /** Reads it again. Throws NsomemError when it is not to be taken over. */
  readConfigAgain: () => Promise<PreparedConfig>;
  /** Calls back at each wish for that. */
  onReloadWish: (listener: () => void) => void;
  roots: Roots;
  core: Core | undefined;
  choice: CoreChoice;
  /** Stay when NSO ends, and act again for the one that comes back. */
  wait: boolean;
  dryRun: boolean;
  startSource: StartSource;
  /** The lines are another tool's: its verdicts are obeyed, its basis and limits are its own. */
  foreign: boolean;
  /** Whether lines go into monitor.log: not those that stand in another log already. */
  keepLines: boolean;
  view: AgentView;
  /** The first reading was taken and status.json is written. */
  onReady: () => void;
  stop: AbortSignal;
}

/** What came of a run, for the last words to the operator. */
export interface AgentSummary {
  reason: "stopped" | "nso-ended";
  actions: readonly ActionRecord[];
  /** Nothing more may be loaded on the host while this is false. */
  memoryIsNormal: boolean;
}

const pulseMs = 250;
/** How long the tool may take to its first line before the agent measures by itself: it takes about 30 ms. */
const firstLineMs = 400;
/** The lines of one tick arrive within a millisecond or two of each other. */
const tickSettleMs = 25;
/** Lines older than this were written for a moment that has passed; only the manual method meets them. */
const oldLineMs = 60_000;
const abortMsMax = 5000;

/** Runs until the core has ended (without `wait`) or `stop` is aborted. */
export async function runAgent(options: AgentOptions): Promise<AgentSummary> {
  const { paths, roots, view } = options;
  const now = () => Date.now();
  const sinceMs = now();
  const journal = openJournal(paths, now, view.say);
  let { config } = options.config;
  const recorder = openRecorder({ paths, config, now, onProblem: (text) => journal.say(text, "warning") });
  const levels = createLevels(config);
  const meter = createMeter(roots, now);
  const samples = createSamples();
  const performer = createPerformer({
    paths,
    roots,
    dryRun: options.dryRun,
    lastRuns: openLastRuns(paths.lastRuns),
    journal,
    now,
    overcommitMode: () => readOvercommitMode(roots.procDir),
    onRecord(record) {
      recorder.action(record);
      settle();
    },
  });
  const follower = createCoreFollower({
    procDir: roots.procDir,
    choice: options.choice,
    now,
    onAttach,
    onDetach,
    onAmbiguous: (text) => journal.say(text, "warning"),
  });
  const confirm = createConfirmation({
    meter,
    foreign: options.foreign,
    // An executable or a callback may do anything.
    isIrreversible: (firing) =>
      decideOn(firing).some(({ action, verdict }) => action.do !== "debug-dump" && verdict === "run"),
    levelNow: (kind) => levels.state(kind).level ?? "normal",
    onDoubt: (text) => journal.deed(text, "warning"),
  });
  const ownSampling = createOwnSampling({
    meter,
    config: () => config,
    isNeeded: () => !source.isDelivering(),
    onReading(reading) {
      journal.monitor(formatReading(reading, formatTime(reading.atMs)));
      take(reading);
    },
    onFailure: (text) => journal.say(text, "error"),
  });
  const end = Promise.withResolvers<AgentSummary["reason"]>();
  let malformedLines = 0;
  let oldLines = 0;
  let ready = false;
  let settleTimer: Timer | undefined;
  let statusProblem: string | undefined;

  const holder = createConfigHolder({
    initial: options.config,
    readAgain: options.readConfigAgain,
    now,
    journal,
    onTaken(taken) {
      config = taken;
      source.reconfigure(config);
      performer.reconfigure(config);
    },
    onTold: () => settle(),
  });
  if (options.keepLines)
    journal.monitor(`${formatTime(sinceMs)} [TOOL] ${agentStartWords} (PID ${process.pid})`);
  options.onReloadWish(holder.reload);
  // Also while it waits, after NSO has ended, for what still runs: a stop ends that soon.
  const onStop = () => {
    end.resolve("stopped");
    performer.abort();
    setTimeout(stopped.resolve, abortMsMax);
  };
  const stopped = Promise.withResolvers<void>();
  options.stop.addEventListener("abort", onStop);
  if (options.stop.aborted) onStop();
  performer.finishEarlier(config);
  if (options.core) follower.attach(options.core);
  const source = options.startSource({ onLine, onNews }, follower.core()?.pid);
  ownSampling.wakeIn(firstLineMs);
  const pulse = setInterval(() => {
    follower.check();
    if (ready && !ownSampling.isAwake()) ownSampling.wake();
  }, pulseMs);
  return await finish(await end.promise);

  /** One line of the tool. The deed comes first, the bookkeeping after it. */
  function onLine(line: string, writtenMs?: number): boolean {
    const receivedAtMs = now();
    const parsed = parseLine(line, writtenMs ?? receivedAtMs);
    switch (parsed.kind) {
      case "reading":
        if (options.foreign && receivedAtMs - parsed.reading.atMs > oldLineMs) oldLines++;
        else take(parsed.reading);
        break;
      case "sample":
        samples.take(parsed.sample);
        if (parsed.sample.group === "core") follower.search();
        settle();
        break;
      case "malformed":
        if (malformedLines++ === 0)
          journal.say(`the tool wrote a malformed line (${parsed.reason}): ${parsed.line}`, "warning");
        break;
      case "event":
      case "other":
        break;
      default:
        parsed satisfies never;
    }
    if (options.keepLines) journal.monitor(line);
    return parsed.kind !== "malformed" && parsed.kind !== "other";
  }

  function take(reading: Reading): void {
    const { change, firings } = levels.take(reading, config, (entered) => confirm(entered, reading, config));
    const decided = firings.map((firing) => ({ firing, decisions: decideOn(firing) }));
    performer.perform(
      decided.map(({ decisions }) => decisions),
      config,
    );
    for (const row of decisionRows({ change, firings: decided })) journal.decision(row);
    if (change) tellChange(change);
    if (ready) {
      settle();
      return;
    }
    // The first reading is shown before the start command is told, so that a status right after it is complete.
    ready = true;
    setTimeout(() => {
      record();
      options.onReady();
    }, tickSettleMs);
  }

  /** After the deeds have begun: what is written about them must not hold them back. */
  function tellChange(change: LevelChange): void {
    const { kind, to, reading } = change;
    const percent = percentOf(reading.usedKib, reading.limitKib, 2);
    const use = `${formatKib(reading.usedKib)} of ${formatKib(reading.limitKib)} (${percent} %)`;
    const direction = change.direction === "down" && change.from ? "back to " : "";
    const text = `${kind} memory is ${direction}${to}: ${use}`;
    journal.deed(text, to === "critical" ? "error" : to === "warning" ? "warning" : "info");
    recorder.level(change, text);
  }

  function decideOn(firing: Firing): Decision[] {
    return decide(firing, config, circumstances());
  }

  function circumstances(): Circumstances {
    const overcommitMode = readOvercommitMode(roots.procDir);
    return { nowMs: now(), overcommitMode, lastRunMs: performer.lastRunMs() };
  }

  /** Once per tick, after its last line: what was measured is recorded and shown. */
  function settle(): void {
    settleTimer ??= setTimeout(() => {
      settleTimer = undefined;
      record();
    }, tickSettleMs);
  }

  function record(): void {
    const mode = readOvercommitMode(roots.procDir);
    recorder.tick(levels, () => meter.measure(config), mode, samples.current(config.tool.interval_max));
    publish(true);
  }

  function publish(running: boolean): void {
    const status = buildStatus({
      running,
      sinceMs,
      nowMs: now(),
      config,
      dryRun: options.dryRun,
      core: follower.core(),
      levels,
      overcommitMode: readOvercommitMode(roots.procDir),
      samples: samples.current(config.tool.interval_max),
      configuration: holder.status(),
      tool: { ...source.state(), malformed_lines: malformedLines },
      records: performer.records(),
      prospect: performer.prospect(),
      problems: [...recorder.problems(), ...journal.problems(), ...(statusProblem ? [statusProblem] : [])],
    });
    statusProblem = writeStatus(paths.statusFile, status);
    view.update(status);
  }

  function onNews(text: string, tone: Tone): void {
    journal.say(text, tone);
    recorder.tool(text);
    // The tool died or fell silent: its place is taken at once.
    if (tone === "warning" && ready) ownSampling.wake();
  }

  function onAttach(found: Core): void {
    meter.follow(found.pid);
    performer.follow(found, config);
    const text = `NSO core ${found.name} (PID ${found.pid}${found.confFile ? `, ${found.confFile}` : ""})`;
    journal.say(`watching ${text}`);
    recorder.nso(`NSO up: ${text}`);
    // The first core is known before the source is started, and given to it then.
    if (ready) source.follow(found.pid);
  }

  function onDetach(gone: Core): void {
    meter.follow(undefined);
    performer.follow(undefined, config);
    samples.clear();
    const text = `NSO core (PID ${gone.pid}) has ended`;
    journal.deed(options.wait ? `${text}; waiting for it to come back` : text, "warning");
    recorder.nso(`NSO ended: PID ${gone.pid}`);
    if (options.wait) {
      source.follow(undefined);
      settle();
    } else {
      end.resolve("nso-ended");
    }
  }

  async function finish(reason: AgentSummary["reason"]): Promise<AgentSummary> {
    clearInterval(pulse);
    await Promise.race([performer.idle(), stopped.promise]);
    ownSampling.stop();
    clearTimeout(settleTimer);
    await source.stop();
    if (oldLines > 0) journal.say(`${oldLines} old lines were read but not acted on`);
    journal.say(reason === "stopped" ? "stopped" : "NSO has ended, so nsomem ends too");
    publish(false);
    recorder.close();
    journal.close();
    const memoryIsNormal = meter.measure(config).readings.physical.level === "normal";
    return { reason, actions: performer.records(), memoryIsNormal };
  }
}
