/** What the dump says, into the incident: as files beside its record, and as a step. Never an obstacle: nothing rejects. */

import { describeError } from "../../core/errors.ts";
import type { DumpPart, IncidentStep } from "../../core/incident-step.ts";
import { writeSummary } from "../../dump/summary-file.ts";
import { dumpWords, endingBegin } from "../../dump/words.ts";
import type { DumpReaderRequest, DumpReading } from "./dump-reader.ts";

export interface DumpReadOptions {
  dir: string;
  write: (step: IncidentStep) => void;
  monotonicMs: () => number;
  read: (request: Omit<DumpReaderRequest, "stop" | "command">) => Promise<DumpReading>;
}

/**
 * `early`: its figures are not on disk yet. `words`: what stands out, as sentences. Readings of one dump follow each
 * other, so that the one of all of it has the last word.
 */
export type DumpSays = { kind: "words"; words: string[] } | { kind: "early" } | { kind: "unread" };

export type ReadDump = (request: Omit<DumpReaderRequest, "stop" | "command">) => Promise<DumpSays>;

export function createDumpRead(options: DumpReadOptions): ReadDump {
  let last: Promise<unknown> = Promise.resolve();
  return (request) => {
    const says = last.then(() => readIntoIncident(options, request));
    last = says;
    return says;
  };
}

/** The two most telling sentences, as they stand behind a message; all are in the step and in the files. */
export function wordsBehind(says: DumpSays): string {
  if (says.kind !== "words") return "";
  // How it ends is in the message already.
  const words = says.words.filter((sentence) => !sentence.startsWith(endingBegin));
  // One alone says that nothing is known.
  return words.length > 1 ? `. ${words.slice(0, 2).join(" ")}` : "";
}

async function readIntoIncident(
  { dir, write, monotonicMs, read }: DumpReadOptions,
  request: Omit<DumpReaderRequest, "stop" | "command">,
): Promise<DumpSays> {
  const { part } = request;
  const begunMs = monotonicMs();
  try {
    const reading = await read(request);
    if ("reason" in reading) return unread(write, part, reading.reason);
    const { summary } = reading;
    if (part === "ledger" && !summary.ledger_complete) return { kind: "early" };
    await writeSummary(dir, summary);
    const words = dumpWords(summary);
    write({ step: "dump-read", part, words, tookMs: Math.round(monotonicMs() - begunMs) });
    return { kind: "words", words };
  } catch (error) {
    return unread(write, part, describeError(error));
  }
}

function unread(write: DumpReadOptions["write"], part: DumpPart, reason: string): DumpSays {
  write({ step: "dump-unread", part, reason });
  return { kind: "unread" };
}
