/** The status document within its bound: it is written with every tick, and whoever reads it must not choke on it. */

import { shown, shownText } from "./shown.ts";
import type { ActionStatus, ProcessStatus, Status } from "./status.ts";

/** Of the file, in UTF-8. */
export const statusBytesMax = 64 * 1024;

const textLengthMax = 400;
/** A refused configuration has a line for each complaint. */
const messageLengthMax = 2000;
const sentencesMax = 10;
const actionBytesMax = 12 * 1024;

/**
 * `status` with each text cut ("…"), and of actions the newest, of processes the largest, as many as there is room for:
 * `left_out` counts the others. A process loses its list of children before it is left out.
 */
export function boundStatus(status: Status): Status {
  const problems = status.problems.slice(0, sentencesMax);
  const cut = {
    ...cutTexts(status),
    problems: problems.map((text) => cutText(text)),
    actions: [],
    processes: [],
  };
  const actions = newestActions(status.actions.map(cutAction));
  const roomBytes = statusBytesMax - bytesOf(cut) - bytesOf(actions) - reserveBytes;
  const { kept: processes, childrenOf } = largestProcesses(status.processes, roomBytes);
  const leftOut = {
    processes: status.processes.length - processes.length,
    children: childrenOf,
    actions: status.actions.length - actions.length,
    problems: status.problems.length - problems.length,
  };
  const isWhole = Object.values(leftOut).every((count) => count === 0);
  return { ...cut, actions, processes, ...(isWhole ? {} : { left_out: leftOut }) };
}

/** `left_out`, brackets and the newline at the end. */
const reserveBytes = 512;

function cutText(text: string, lengthMax = textLengthMax): string {
  const cut = shown(text, lengthMax);
  const bytes = new TextEncoder().encode(cut);
  if (bytes.length <= 2 * lengthMax) return cut;
  // Half a character at the end is not taken.
  return `${new TextDecoder().decode(bytes.subarray(0, 2 * lengthMax - 3), { stream: true })}…`;
}

function cutTexts(status: Status): Status {
  const { nso, unknown, configuration, crash_dump: dump, memory } = status;
  const { last_reload: reload, file } = configuration;
  return {
    ...status,
    nso: nso && { ...nso, name: cutText(nso.name), conffile: nso.conffile && cutText(nso.conffile) },
    memory: mapValues(memory, (of) => ({ ...of, ceiling: cutText(of.ceiling) })),
    ...(unknown ? { unknown: mapValues(unknown, (text) => text && cutText(text)) } : {}),
    configuration: {
      ...configuration,
      file: file && cutText(file),
      last_reload: reload && { ...reload, message: cutMessage(reload.message) },
    },
    ...(dump
      ? {
          crash_dump: {
            ...dump,
            path: dump.path && cutText(dump.path),
            doubts: dump.doubts.slice(0, sentencesMax).map((text) => cutText(text)),
          },
        }
      : {}),
  };
}

/** Of an object whose values are all of one kind. */
function mapValues<V, T extends Partial<Record<string, V>>>(
  facts: T,
  map: (value: NonNullable<T[keyof T]>) => V,
): T {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, map(value as never)]],
    ),
  ) as T;
}

function cutMessage(message: string): string {
  const text = shownText(message, { lengthMax: messageLengthMax });
  return text.length <= messageLengthMax ? text : `${text.slice(0, messageLengthMax - 1)}…`;
}

function cutAction(action: ActionStatus): ActionStatus {
  const { rule, incident, message, files } = action;
  return {
    ...action,
    rule: cutText(rule),
    incident: incident && cutText(incident),
    action: cutText(action.action),
    message: cutText(message, 1000),
    files: files.slice(0, sentencesMax).map((file) => cutText(file)),
  };
}

/** Oldest first, as they come; one at least. */
function newestActions(actions: readonly ActionStatus[]): ActionStatus[] {
  let roomBytes = actionBytesMax;
  const from = actions.findLastIndex((action, index) => {
    roomBytes -= bytesOf(action);
    return roomBytes < 0 && index < actions.length - 1;
  });
  return actions.slice(from + 1);
}

/** In their own order; all that are left out are smaller. */
function largestProcesses(
  processes: readonly ProcessStatus[],
  roomBytes: number,
): { kept: ProcessStatus[]; childrenOf: number } {
  let leftBytes = roomBytes;
  let childrenOf = 0;
  const fits = (one: ProcessStatus) => {
    const bytes = bytesOf(one);
    if (bytes > leftBytes) return false;
    leftBytes -= bytes;
    return true;
  };
  const kept: { index: number; one: ProcessStatus }[] = [];
  const byWeight = processes
    .map((one, index) => ({ one, index }))
    .toSorted((a, b) => weightOf(b.one) - weightOf(a.one));
  for (const { one, index } of byWeight) {
    const whole = { ...one, name: cutText(one.name) };
    const alone = one.children ? { ...whole, children: [] } : whole;
    if (fits(whole)) kept.push({ index, one: whole });
    else if (fits(alone)) {
      kept.push({ index, one: alone });
      childrenOf += one.children?.length ?? 0;
    } else break;
  }
  return { kept: kept.toSorted((a, b) => a.index - b.index).map(({ one }) => one), childrenOf };
}

/** The core before all others. */
function weightOf({ group, rss_kib }: ProcessStatus): number {
  return group === "core" ? Number.POSITIVE_INFINITY : rss_kib;
}

/** As it stands in the document, indented below two levels, with a comma: an upper bound. */
function bytesOf(value: unknown): number {
  const json = JSON.stringify(value, null, 2);
  const lines = json.split("\n").length;
  return new TextEncoder().encode(json).length + 4 * lines + 2;
}
