/**
 * The records of episodes on disk: `incidents/<id>/incident.jsonl`, one step a line, and the files beside it. Steps are
 * written beside the agent's thread; while the disk takes none they wait in memory, and are written in their order, with
 * the times at which they were taken, when there is room again.
 */

import { join } from "node:path";
import { formatStep, type IncidentStep } from "../core/incident-step.ts";
import { call, type FileWork, writeAll } from "../linux/file-work.ts";
import { isGone, openToAppend, type PrivateFile } from "../linux/private-file.ts";
import { createDrain, type Drain, type Lane } from "./lane.ts";

export interface Incident {
  id: string;
  dir: string;
  /** Appends a step that was taken at `atMs` (epoch). Returns at once; never throws. */
  record(atMs: number, step: IncidentStep): void;
  /**
   * Waits until what was recorded is on the disk, at most `msMax`: a stalled disk must not hold back the signal
   * while memory fills. False when it was not done in time; it is then done as soon as the disk takes it.
   */
  sync(msMax: number): Promise<boolean>;
  /** Waits until its directory is there and what was recorded is in it, at most `msMax`. False: not in time. */
  ready(msMax: number): Promise<boolean>;
  /** Its file system owes an answer: nothing may be done in its directory that would wait for one. */
  isSilent(): boolean;
  /** Nothing more is recorded by this action. What waits is written all the same. */
  close(): void;
}

/** All incidents of an agent. */
export interface Incidents {
  dir: string;
  /** Reads what is on the disk of them, beside the agent's thread. */
  read<T>(work: () => FileWork<T>): Promise<T>;
  /** Opens one for appending; its directory (0700) is made if absent, also when it was removed meanwhile. */
  open(id: string): Incident;
  /** What could not be written yet, for the status. */
  problems(): string[];
  /** The last attempt before the agent ends, at most `msMax`. False: something is left in memory. */
  finish(msMax: number): Promise<boolean>;
}

/** `lane`: of that directory. */
export function openIncidents(dir: string, lane: Lane): Incidents {
  const records = new Map<string, IncidentRecord>();
  return {
    dir,
    read: lane.do,
    open(id) {
      const record = records.get(id) ?? createRecord(join(dir, id, "incident.jsonl"), lane);
      records.set(id, record);
      return record.open({ id, dir: join(dir, id) }, () => records.delete(id));
    },
    problems: () =>
      [...records].flatMap(([id, record]) => {
        const problem = record.problem();
        return problem === undefined ? [] : [`incident ${id}: ${problem}`];
      }),
    async finish(msMax) {
      const done = await Promise.all([...records.values()].map((record) => record.settle(msMax)));
      return done.every((isDone) => isDone);
    },
  };
}

interface IncidentRecord {
  open(place: Pick<Incident, "id" | "dir">, onClosed: () => void): Incident;
  problem(): string | undefined;
  settle(msMax: number): Promise<boolean>;
}

/** As long as an action has it open, or something waits to be written. */
function createRecord(path: string, lane: Lane): IncidentRecord {
  const steps = createSteps();
  let file: PrivateFile | undefined;
  let users = 0;
  let onClosed = () => {};
  let isSyncWanted = false;
  const drain = createDrain(lane, function* () {
    // Also with nothing to write: its directory is for other files too.
    file = yield* openAgain(path, file);
    for (let next = steps.take(); next !== undefined; next = steps.take()) {
      try {
        yield* writeAll(file.descriptor, Buffer.from(next));
      } catch (error) {
        steps.putBack();
        // What fitted of the line is ended when the file is opened again, as after a power cut.
        const { descriptor } = file;
        file = undefined;
        yield* call.close(descriptor);
        throw error;
      }
    }
    if (isSyncWanted) {
      isSyncWanted = false;
      yield* call.fsync(file.descriptor);
    }
    if (users > 0) return;
    const { descriptor } = file;
    file = undefined;
    onClosed();
    yield* call.close(descriptor);
  });
  return {
    open(place, whenClosed) {
      users++;
      onClosed = whenClosed;
      drain.wake();
      const wantSync = () => {
        isSyncWanted = true;
        drain.wake();
      };
      return incidentOn(place, { steps, drain, lane, wantSync }, () => {
        users--;
        drain.wake();
      });
    },
    problem() {
      const trouble = drain.trouble();
      if (trouble === undefined && steps.lost() === 0) return undefined;
      const lost = steps.lost() > 0 ? `, ${steps.lost()} are lost` : "";
      return `${steps.length()} steps wait in memory${lost}: ${trouble ?? "written again"}`;
    },
    settle: drain.settle,
  };
}

interface RecordParts {
  steps: Steps;
  drain: Drain;
  lane: Lane;
  /** Also where nobody waits for it any more: a power cut in the middle of a dump must find the record on the disk. */
  wantSync: () => void;
}

function incidentOn(
  place: Pick<Incident, "id" | "dir">,
  { steps, drain, lane, wantSync }: RecordParts,
  onClose: () => void,
): Incident {
  let isClosed = false;
  return {
    ...place,
    record(atMs, step) {
      steps.add(step.step, `${formatStep(atMs, step)}\n`);
      drain.wake();
    },
    sync(msMax) {
      wantSync();
      return drain.settle(msMax);
    },
    ready: drain.settle,
    isSilent: () => lane.hangingMs() > silentMsMax,
    close() {
      if (!isClosed) onClose();
      isClosed = true;
    },
  };
}

function* openAgain(path: string, file: PrivateFile | undefined): FileWork<PrivateFile> {
  if (file && !(yield* isGone(path, file))) return file;
  if (file) yield* call.close(file.descriptor);
  const opened = yield* openToAppend(path);
  yield* endLine(opened);
  return opened;
}

/** A host that lost its power may have left half a line; the next step must not become part of it. */
function* endLine({ descriptor, stats: { size } }: PrivateFile): FileWork<void> {
  const last = new Uint8Array(1);
  if (size > 0 && (yield* call.read(descriptor, last, size - 1)) === 1 && last[0] !== newline)
    yield* writeAll(descriptor, Uint8Array.of(newline));
}

/** An fsync on a busy disk takes this long too; what else is done there then only waits with it. */
const silentMsMax = 500;

const newline = 10;

type Steps = ReturnType<typeof createSteps>;

/** In memory at most: a record of hours has some hundred steps, of which each tells something. */
const stepsMax = 500;
/** The first ones say which core it is and what was about to be done: a later agent finishes the incident by them. */
const firstKept = 20;

/** What waits to be written. Of a growing dump the last size alone, since there is one a second. */
function createSteps() {
  const waiting: { kind: string; line: string }[] = [];
  let taken: { kind: string; line: string } | undefined;
  let lost = 0;
  return {
    length: () => waiting.length + (taken ? 1 : 0),
    lost: () => lost,
    add(kind: IncidentStep["step"], line: string) {
      if (kind === "growing" && waiting.at(-1)?.kind === kind) waiting.pop();
      waiting.push({ kind, line });
      if (waiting.length <= stepsMax) return;
      waiting.splice(firstKept, 1);
      lost++;
    },
    take(): string | undefined {
      taken = waiting.shift();
      return taken?.line;
    },
    putBack() {
      if (taken) waiting.unshift(taken);
      taken = undefined;
    },
  };
}
