/** What a JVM can tell: at first what needs nothing of it, at last what it must be asked for. */

import { shownText } from "../../../core/shown.ts";
import { censusMsMax, takeCensus } from "../memory/take-census.ts";
import type { Found, Piece, Subject } from "../piece.ts";
import { attachTo } from "./attach.ts";
import { censusClasses } from "./class-census.ts";
import { heapHeadline, heapText, heapUseOf } from "./heap-use.ts";
import { type JvmProcess, readJvmProcess } from "./jvm-process.ts";
import { readPerfData } from "./perf-data-file.ts";

const counters: Piece = {
  name: "heap counters",
  file: "jvm-heap.txt",
  timeoutMs: 2000,
  async take(subject) {
    const use = heapUseOf(await readPerfData(jvmOf(subject)));
    if (!use) throw new Error("its counters say nothing of a heap");
    return { headline: heapHeadline(use), text: heapText(use), data: use };
  },
};

const classes: Piece = {
  name: "class census",
  file: "jvm-classes.txt",
  timeoutMs: censusMsMax + 1000,
  take: (subject) => takeCensus(subject.procDir, subject, { census: censusClasses, noun: "classes" }),
};

const askMsMax = 5000;
/** With the time in which it opens its socket. */
const askedTimeoutMs = 11_000;

// No GC.class_histogram: it stops the JVM for 0.4 to 3.3 s per GiB, and NSO drops one that is silent for 30 s (facts 7.5).
const heapInfo = asked("heap info", "jvm-heap-info.txt", "GC.heap_info");
const threadDump = asked("thread dump", "jvm-threads.txt", "Thread.print");

export const jvmPieces: readonly Piece[] = [counters, classes];
export const askedOfJvm: readonly Piece[] = [heapInfo, threadDump];

function asked(name: string, file: string, command: string): Piece {
  return { name, file, timeoutMs: askedTimeoutMs, take: (subject) => ask(subject, command) };
}

async function ask(subject: Subject, command: string): Promise<Found> {
  if (!subject.mayAttach) throw new Error('[evidence] attach is "never"');
  const attached = await attachTo(subject.procDir, jvmOf(subject));
  try {
    const text = await attached.ask(command, askMsMax);
    return { text: shownText(text, { linesMax: linesMax }) };
  } finally {
    await attached.close();
  }
}

/** A thread has 30 lines. */
const linesMax = 100_000;

function jvmOf(subject: Subject): JvmProcess {
  const jvm = readJvmProcess(subject.procDir, subject);
  if (!jvm) throw new Error("it has ended");
  return jvm;
}
