/** What would come of a crash dump, judged every minute. */

import { coreAtCriticalKib } from "../core/core-at-critical.ts";
import { type DumpProspect, judgeDump } from "../core/dump-prospect.ts";
import { describeError } from "../core/errors.ts";
import type { Limits } from "../core/level.ts";
import type { Reading } from "../core/reading.ts";
import type { CrashDumpTarget } from "../linux/crash-dump-path.ts";
import { type DumpSurvey, type MovableDump, surveyTarget } from "../linux/dump-survey.ts";
import type { Core } from "../linux/nso.ts";
import { readRssKib } from "../linux/procfs.ts";
import { createDumpProbes } from "./dump-probes.ts";

export interface ProspectWatch {
  /** The judgement of at most a minute ago; undefined before the first. */
  prospect(): DumpProspect | undefined;
  /** The files at the dump's places, as last seen; undefined before that. */
  known(): ReadonlySet<string> | undefined;
  /** Another's file has the dump's name: without it being moved there is no dump. */
  isObstructed(): boolean;
  /** How far the clock of the dump's file system is off ours. */
  skewMs(): number;
  /** Judges anew, for a dump of this moment, and remembers it. */
  judge(): Promise<Judged>;
  close(): void;
}

export interface Judged {
  prospect: DumpProspect;
  known: ReadonlySet<string>;
  movable: MovableDump[];
}

export interface ProspectWatchOptions {
  procDir: string;
  core: Core;
  target: () => CrashDumpTarget;
  /** The ceiling that binds, undefined where it cannot be measured; and where it is critical. */
  memory: () => Reading | undefined;
  limits: Limits;
  monotonicMs: () => number;
  /** There can be no dump, or there can be one again. */
  onTurn: (text: string, isHopeless: boolean) => void;
}

const everyMs = 60_000;
/** A probe takes a process: not in the first moments, in which a rescue may be due at once. */
const firstProbeMs = 2000;

export function watchProspect(options: ProspectWatchOptions, firstLookMs: number): ProspectWatch {
  const { procDir, core, target } = options;
  const probes = createDumpProbes();
  const say = turnTeller(options.onTurn);
  let prospect: DumpProspect | undefined;
  let known: ReadonlySet<string> | undefined;
  let isObstructed = false;
  const survey = async (sizeOf: (rssKib: number) => number): Promise<DumpSurvey & Judged> => {
    const surveyed = await surveyTarget(procDir, core.pid, target(), probes.answer);
    const rssKib = readRssKib(procDir, core.pid);
    const judged = judgeDump({
      ...surveyed.facts,
      ...(rssKib === undefined ? {} : { coreKib: sizeOf(rssKib) }),
    });
    prospect = judged;
    known = surveyed.known;
    isObstructed = surveyed.movable.some((one) => one.isInTheWay && one.place === judged.path);
    return { ...surveyed, prospect: judged };
  };
  /** A mount that hangs is asked once, whoever asks meanwhile. */
  let underWay: Promise<DumpSurvey & Judged> | undefined;
  const surveyOnce = (sizeOf: (rssKib: number) => number) => {
    underWay ??= survey(sizeOf).finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
  const look = async (mayProbe: boolean) => {
    const memory = options.memory();
    const sizeOf = (rssKib: number) => coreAtCriticalKib(rssKib, memory, options.limits);
    let last = await surveyOnce(sizeOf);
    const { probes: places, who } = last;
    if (mayProbe && who && memory?.level !== "critical")
      if (await probes.ask(places, who, options.monotonicMs())) last = await surveyOnce(sizeOf);
    say(last.prospect);
  };
  const clock = inTurn(look, (reason) => {
    prospect = doubtful(target(), reason);
  });
  const timers = [setTimeout(clock, firstLookMs, false), setTimeout(clock, firstProbeMs, true)];
  const timer = setInterval(clock, everyMs, true);
  return {
    prospect: () => prospect,
    known: () => known,
    isObstructed: () => isObstructed,
    skewMs: probes.skewMs,
    judge: () => surveyOnce((rssKib) => rssKib),
    close() {
      timers.map(clearTimeout);
      clearInterval(timer);
    },
  };
}

/** Looks one after the other; one that comes to nothing is a reason for doubt. */
function inTurn(
  look: (mayProbe: boolean) => Promise<void>,
  onDoubt: (reasonFor: (path: string) => string) => void,
): (mayProbe: boolean) => Promise<void> {
  let isLooking = false;
  return async (mayProbe) => {
    if (isLooking) {
      // A dead mount: NSO would meet the same there.
      onDoubt((path) => `${path} does not answer`);
      return;
    }
    isLooking = true;
    try {
      await look(mayProbe);
    } catch (error) {
      onDoubt(() => `the dump's place cannot be judged: ${describeError(error)}`);
    } finally {
      isLooking = false;
    }
  };
}

function turnTeller(onTurn: ProspectWatchOptions["onTurn"]): (prospect: DumpProspect) => void {
  let wasHopeless = false;
  return ({ outlook, reasons, path }) => {
    const isHopeless = outlook === "hopeless";
    if (isHopeless && !wasHopeless) onTurn(`no crash dump is possible: ${reasons.join("; ")}`, true);
    if (!isHopeless && wasHopeless)
      onTurn(`a crash dump is possible again: ${path ?? "place unknown"}`, false);
    wasHopeless = isHopeless;
  };
}

function doubtful({ places }: CrashDumpTarget, reasonFor: (path: string) => string): DumpProspect {
  const path = places[0]?.path ?? null;
  const reasons = [reasonFor(path ?? "the dump's file system")];
  return { outlook: "doubtful", path, roomKib: null, needKib: null, reasons };
}
