/** The running agent: lines in, levels, decisions, deeds; everything recorded and shown. */

import type { ActionRecord, Decision } from "../core/action.ts";
import type { Config } from "../core/config.ts";
import type { LevelChange } from "../core/episode.ts";
import { describeError } from "../core/errors.ts";
import { severity } from "../core/level.ts";
import { formatReading, parseLine } from "../core/line.ts";
import { memoryKinds, type ProcessSample, type Reading } from "../core/reading.ts";
import { decide } from "../core/rule.ts";
import type { Status } from "../core/status.ts";
import { formatKib, formatTime, percentOf } from "../core/units.ts";
import type { Core } from "../linux/nso.ts";
import type { Paths } from "../linux/paths.ts";
import { isAlive, readOvercommitMode } from "../linux/procfs.ts";
import type { Roots } from "../linux/roots.ts";
import { openLastRuns } from "../record/last-runs.ts";
import { type CoreChoice, chooseCore } from "./choose-core.ts";
import { openJournal, type Tone } from "./journal.ts";
import { createLevels } from "./levels.ts";
import { createMeter } from "./measure.ts";
import { createPerformer } from "./performer.ts";
import { openRecorder } from "./recorder.ts";
import type { StartSource } from "./source.ts";
import { buildStatus } from "./status.ts";
import { writeStatus } from "./status-file.ts";

/** What the operator sees of it: a status line, or nothing for a daemon. */
export interface AgentView {
  say(text: string, tone: Tone): void;
  update(status: Status): void;
}

export interface AgentOptions {
  paths: Paths;
  config: Config;
  roots: Roots;
  core: Core | undefined;
  choice: CoreChoice;
  /** Stay when NSO ends, and act again for the one that comes back. */
  wait: boolean;
  dryRun: boolean;
  startSource: StartSource;
  /** The lines are another tool's: its verdicts are obeyed, its basis and limits are its own. */
  foreign: boolean;
  view: AgentView;
  /** The first reading was taken. */
  onReady: () => void;
  stop: AbortSignal;
}

/** What came of a run, for the last words to the operator. */
export interface AgentSummary {
  reason: "stopped" | "nso-ended";
  actions: readonly ActionRecord[];
}

const pulseMs = 250;
/** How long the tool may take to its first line before the agent measures by itself: it takes about 30 ms. */
const firstLineMs = 400;
/** The lines of one tick arrive within a millisecond of each other. */
const tickSettleMs = 25;
const searchMs = 5000;
/** Lines older than this were written for a moment that has passed; only the manual method meets them. */
const oldLineMs = 60_000;
const abortMsMax = 5000;

export async function runAgent(options: AgentOptions): Promise<AgentSummary> {
  const { config, paths, roots, view } = options;
  const now = () => Date.now();
  const sinceMs = now();
  const journal = openJournal(paths, now, view.say);
  const recorder = openRecorder({ paths, config, now, onProblem: (text) => journal.say(text, "warning") });
  const levels = createLevels(config);
  const meter = createMeter(roots, now);
  const performer = createPerformer({
    paths,
    procDir: roots.procDir,
    dryRun: options.dryRun,
    lastRuns: openLastRuns(paths.lastRuns),
    journal,
    now,
    onRecord: (record) => {
      recorder.action(record);
      settle();
    },
  });
  const end = Promise.withResolvers<AgentSummary["reason"]>();
  const samples = new Map<number, ProcessSample>();
  let choice = options.choice;
  let core: Core | undefined;
  let malformedLines = 0;
  let oldLines = 0;
  let ready = false;
  let settleTimer: Timer | undefined;
  let ownTimer: Timer | undefined;
  let searchedMs = 0;
  let toldUnconfirmed = false;
  let toldAmbiguous = "";
  let statusProblem: string | undefined;

  if (options.core) attach(options.core);
  const source = options.startSource({ onLine, onNews: tell }, core?.pid);
  const pulseTimer = setInterval(pulse, pulseMs);
  ownTimer = setTimeout(measureWhileSilent, firstLineMs);
  options.stop.addEventListener("abort", () => end.resolve("stopped"));
  if (options.stop.aborted) end.resolve("stopped");
  const reason = await end.promise;
  return await finish(reason);

  /** One line of the tool. The deed comes first, the bookkeeping after it. */
  function onLine(line: string): boolean {
    const receivedAtMs = now();
    const parsed = parseLine(line, receivedAtMs);
    switch (parsed.kind) {
      case "reading":
        if (options.foreign && receivedAtMs - parsed.reading.atMs > oldLineMs) oldLines++;
        else take(parsed.reading);
        break;
      case "sample":
        takeSample(parsed.sample);
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
    if (!options.foreign) journal.monitor(line);
    return parsed.kind !== "malformed" && parsed.kind !== "other";
  }

  function take(reading: Reading): void {
    const change = levels.take(reading, config, confirm);
    if (change) enter(change);
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

  /** Decides and performs, before anything is written about it. */
  function enter(change: LevelChange): void {
    performer.perform(decideOn(change), config);
    const { kind, to, reading } = change;
    const percent = percentOf(reading.usedKib, reading.limitKib, 2);
    const use = `${formatKib(reading.usedKib)} of ${formatKib(reading.limitKib)} (${percent} %)`;
    const direction = change.direction === "down" && change.from ? "back to " : "";
    const text = `${kind} memory is ${direction}${to}: ${use}`;
    const tone = to === "critical" ? "error" : to === "warning" ? "warning" : "info";
    journal.deed(text, tone);
    recorder.level(change, text);
  }

  function decideOn(change: LevelChange): Decision[] {
    return decide(change, config, {
      nowMs: now(),
      overcommitMode: readOvercommitMode(roots.procDir),
      lastRunMs: performer.lastRunMs(),
    });
  }

  /**
   * Before NSO would be made to dump: is it still so? A reading that is not confirmed has not been entered, so the
   * next critical one asks again. A foreign tool is held to its own limit, on the wider basis.
   */
  function confirm(change: LevelChange): Reading {
    const irreversible = decideOn(change).some(
      ({ action, verdict }) => action.do === "crash-dump" && verdict === "run",
    );
    if (!irreversible || !config.crash_dump.confirm) return change.reading;
    const { readings, meminfo } = meter.measure(config);
    const fresh = readings[change.kind];
    const freshUsedKib =
      options.foreign && change.kind === "physical"
        ? meminfo.memTotalKib - meminfo.memFreeKib
        : fresh.usedKib;
    const confirmed = options.foreign
      ? freshUsedKib * 100 >= change.reading.thresholdPercent * fresh.limitKib
      : severity(fresh.level) >= severity("critical");
    if (confirmed) {
      toldUnconfirmed = false;
      return change.reading;
    }
    if (!toldUnconfirmed) {
      const found = `${percentOf(freshUsedKib, fresh.limitKib)} %`;
      journal.deed(
        `${change.kind} critical not confirmed: measured ${found} right after; NSO is left alone`,
        "warning",
      );
    }
    toldUnconfirmed = true;
    return options.foreign
      ? { ...change.reading, level: levels.state(change.kind).level ?? "normal" }
      : fresh;
  }

  function takeSample(sample: ProcessSample): void {
    samples.set(sample.pid, sample);
    if (!core && sample.group === "core") search();
    settle();
  }

  /** Once per tick, after its last line: what was measured is recorded and shown. */
  function settle(): void {
    settleTimer ??= setTimeout(() => {
      settleTimer = undefined;
      record();
    }, tickSettleMs);
  }

  function record(): void {
    const newestMs = Math.max(0, ...[...samples.values()].map((sample) => sample.atMs));
    for (const [pid, sample] of samples)
      if (sample.atMs < newestMs - config.tool.interval_max) samples.delete(pid);
    recorder.tick(levels, () => meter.measure(config), readOvercommitMode(roots.procDir), [
      ...samples.values(),
    ]);
    publish(true);
  }

  function publish(running: boolean): void {
    const status = buildStatus({
      running,
      sinceMs,
      nowMs: now(),
      config,
      dryRun: options.dryRun,
      core,
      levels,
      overcommitMode: readOvercommitMode(roots.procDir),
      samples: [...samples.values()],
      tool: { ...source.state(), malformed_lines: malformedLines },
      records: performer.records(),
      problems: [...recorder.problems(), ...journal.problems(), ...(statusProblem ? [statusProblem] : [])],
    });
    statusProblem = writeStatus(paths.statusFile, status);
    view.update(status);
  }

  function tell(text: string, tone: Tone): void {
    journal.say(text, tone);
    recorder.tool(text);
    // The tool died or fell silent: its place is taken at once.
    if (tone === "warning" && ready) measureWhileSilent();
  }

  /** While no lines come, the agent measures by itself at the same cadence: a reaction never depends on bash. */
  function measureWhileSilent(): void {
    clearTimeout(ownTimer);
    ownTimer = undefined;
    if (source.isDelivering()) return;
    try {
      const measurement = meter.measure(config);
      for (const kind of memoryKinds) {
        const reading = measurement.readings[kind];
        journal.monitor(formatReading(reading, formatTime(reading.atMs)));
        take(reading);
      }
      ownTimer = setTimeout(measureWhileSilent, meter.waitMs(measurement, config));
    } catch (error) {
      journal.say(`cannot measure: ${describeError(error)}`, "error");
      ownTimer = setTimeout(measureWhileSilent, config.tool.interval_max);
    }
  }

  function pulse(): void {
    if (core && !isAlive(roots.procDir, core)) detach(core);
    if (!core && now() - searchedMs >= searchMs) search();
    if (!source.isDelivering() && ownTimer === undefined && ready) measureWhileSilent();
  }

  function search(): void {
    if (core || (!options.wait && options.core)) return;
    searchedMs = now();
    try {
      const found = chooseCore(roots.procDir, choice);
      if (!found) return;
      attach(found);
      source.follow(found.pid);
      toldAmbiguous = "";
    } catch (error) {
      const text = describeError(error);
      if (text !== toldAmbiguous) journal.say(text, "warning");
      toldAmbiguous = text;
    }
  }

  function attach(found: Core): void {
    core = found;
    meter.follow(found.pid);
    performer.follow(found, config);
    const text = `NSO core ${found.name} (PID ${found.pid}${found.confFile ? `, ${found.confFile}` : ""})`;
    journal.say(`watching ${text}`);
    recorder.nso(`${text} is there`);
  }

  function detach(gone: Core): void {
    core = undefined;
    meter.follow(undefined);
    performer.follow(undefined, config);
    samples.clear();
    const text = `NSO core (PID ${gone.pid}) has ended`;
    journal.deed(options.wait ? `${text}; waiting for it to come back` : text, "warning");
    recorder.nso(text);
    if (!options.wait) {
      end.resolve("nso-ended");
      return;
    }
    // A restarted NSO has another PID; what tells it from its neighbours is its configuration file.
    if (choice.pid !== undefined) choice = { conffile: gone.confFile ?? "(the one that ended)" };
    source.follow(undefined);
    settle();
  }

  async function finish(why: AgentSummary["reason"]): Promise<AgentSummary> {
    clearInterval(pulseTimer);
    if (why === "stopped") performer.abort();
    const ownSampling = ownTimer;
    await (why === "stopped" ? Promise.race([performer.idle(), Bun.sleep(abortMsMax)]) : performer.idle());
    clearTimeout(ownSampling);
    clearTimeout(ownTimer);
    clearTimeout(settleTimer);
    await source.stop();
    if (oldLines > 0) journal.say(`${oldLines} old lines were read but not acted on`);
    journal.say(why === "stopped" ? "stopped" : "NSO has ended, so nsomem ends too");
    publish(false);
    recorder.close();
    journal.close();
    return { reason: why, actions: performer.records() };
  }
}
