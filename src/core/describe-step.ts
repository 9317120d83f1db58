/** One recorded step as a sentence, for people who read an incident and not its JSON. */

import type { RecordedStep } from "./incident-step.ts";
import { shown } from "./shown.ts";
import { formatDuration, formatKib } from "./units.ts";

/** The longest are those of a verdict with its doubts, and of a callback that failed. */
const sentenceLengthMax = 2000;

type StepOf<S> = Extract<RecordedStep, { step: S }>;

/** What happened, without its time. One line; a fact that the record lacks is shown as "?". */
export function describeStep(step: RecordedStep): string {
  // The sentence is that of the step's own name, which the compiler cannot follow through the table.
  const sentence = sentences[step.step] as (step: RecordedStep) => string;
  return shown(sentence(step), sentenceLengthMax);
}

/** A sentence for every step: one that has none does not compile. */
const sentences: { [S in RecordedStep["step"]]: (step: StepOf<S>) => string } = {
  critical: ({ reading, rule }) => `memory is critical: ${describeReading(reading)} (rule ${rule ?? "?"})`,
  skipped: ({ message }) => message ?? "nothing was done",
  "signal-intended": ({ pid }) => `SIGUSR1 is about to go to PID ${pid ?? "?"}`,
  "moved-aside": ({ from, to }) => `an older dump was renamed from ${from ?? "?"} to ${to ?? "?"}`,
  "prepare-failed": ({ reason }) => `the dump's place could not be prepared: ${reason ?? "?"}`,
  prepared: ({ recordSynced }) =>
    `the record is ${recordSynced === true ? "on disk" : "not on disk yet"}; the dump's place was checked`,
  shielded: ({ changes }) =>
    changes?.length === 0
      ? "no OOM score was changed in favour of the core"
      : `${changes?.length ?? "?"} OOM scores were changed in favour of the core`,
  unshielded: () => "the OOM scores were put back",
  "signal-withheld": ({ reason }) => `no signal was sent: ${reason ?? "?"}`,
  "signal-refused": ({ pid }) => `SIGUSR1 to PID ${pid ?? "?"} was refused`,
  "signal-sent": ({ pid }) => `SIGUSR1 was sent to PID ${pid ?? "?"}`,
  victim: ({ sentence, grew }) => `${sentence ?? "?"}; ${grew ?? "?"}`,
  "high-raised": ({ changes = [] }) =>
    changes
      .map(
        ({ path, fromBytes, toBytes }) =>
          `memory.high of cgroup ${path} was raised for the dump, from ${formatKib(fromBytes / 1024)} to ${formatKib(toBytes / 1024)}`,
      )
      .join("; "),
  "high-refused": ({ path, reason }) =>
    `memory.high of cgroup ${path ?? "?"} could not be raised (${reason ?? "?"}): the dump may crawl`,
  "high-restored": ({ changes = [] }) =>
    changes
      .map(({ path, fromBytes }) => `memory.high of cgroup ${path} is ${formatKib(fromBytes / 1024)} again`)
      .join("; "),
  growing: ({ bytes }) => `the dump has ${bytes === undefined ? "?" : formatKib(bytes / 1024)}`,
  "still-writing": ({ bytes, afterMs }) =>
    `the dump is still being written after ${afterMs === undefined ? "?" : formatDuration(afterMs)}: ${bytes === undefined ? "?" : formatKib(bytes / 1024)} so far`,
  shedding: ({ family }) => `memory is still critical: ending ${namesOf(family)}`,
  shed: ({ family }) => `ended to make room: ${namesOf(family)}`,
  "shed-failed": ({ reason }) => `the VMs could not be ended to make room: ${reason ?? "?"}`,
  sigkill: ({ sent, configured }) =>
    sent === true
      ? `the core outlived its time-out and was sent SIGKILL (${configured ?? "?"})`
      : `the core outlived its time-out, and SIGKILL was refused (${configured ?? "?"})`,
  verdict: ({ message, word }) => message ?? `the crash dump is ${word ?? "?"}`,
  "oom-kill": ({ line }) => `the kernel says: ${line ?? "?"}`,
  "ended-by": ({ who, line }) => `${who ?? "?"} ended NSO: ${line ?? "?"}`,
  preserved: ({ copy }) => `the dump was copied out of the container to ${copy ?? "?"}`,
  checksum: ({ path, sha256 }) => `SHA-256 of ${path ?? "?"}: ${sha256 ?? "?"}`,
  // The most telling ones: all stand beneath the steps.
  "dump-read": ({ part, words = [] }) => {
    const said = words.slice(0, 2).join(" ");
    if (part === "ledger")
      return `the figures of the dump, which is still being written, ${said ? `say: ${said}` : "were read"}`;
    return `the dump ${said ? `says: ${said}` : "was read"}`;
  },
  "dump-unread": ({ part, reason }) =>
    `${part === "ledger" ? "the figures of the dump" : "the dump"} could not be read: ${reason ?? "?"}`,
  resumed: ({ pid }) => `a later agent (PID ${pid ?? "?"}) took this incident up`,
  "debug-dump-begun": ({ pid, reading }) =>
    `taking debug dumps of PID ${pid ?? "?"}: ${describeReading(reading)}`,
  "debug-dump-deferred": ({ confFile }) =>
    `debug dumps are left to NSO: ${confFile ?? "?"} has a memory-management section`,
  "debug-dump-ended": ({ message }) => message ?? "the debug dumps have ended",
  "nso-acted": ({ confFile, directory, count, dumps = [] }) =>
    `NSO acted too: its memory-management (${confFile ?? "ncs.conf"}) took ${count ?? dumps.length} debug dumps in ${directory ?? "?"}, the last ${dumps.at(-1) ?? "?"}, and raised its alarm memory-management-action-triggered`,
  "dumps-removed": ({ bytes, because }) =>
    `its dumps (${bytes === undefined ? "?" : formatKib(bytes / 1024)}) were removed to keep [incidents] ${because ?? "?"}`,
  "grower-evidence-begun": ({ pid, name, why }) =>
    `taking the evidence of ${name ?? "?"} (PID ${pid ?? "?"}): ${why ?? "?"}`,
  "grower-evidence": ({ message, dir }) => `${message ?? "the evidence was taken"}; in ${dir ?? "?"}`,
  "run-begun": ({ path, rule }) => `running ${path ?? "?"} (rule ${rule ?? "?"})`,
  "run-ended": ({ message, path }) => message ?? `${path ?? "?"} has ended`,
  "callback-begun": ({ rule, file }) => `calling ${rule ?? "?"} of ${file ?? "?"}`,
  "callback-ended": ({ message, file }) => message ?? `the callback of ${file ?? "?"} has ended`,
  evidence: ({ dir }) => `the state of the host was written to ${dir ?? "?"}`,
  "evidence-failed": ({ reason }) => `the state of the host could not be written: ${reason ?? "?"}`,
  other: ({ name, facts }) => (typeof facts.message === "string" ? facts.message : shortFacts(name, facts)),
};

function describeReading(reading: StepOf<"critical">["reading"]): string {
  if (reading?.usedKib === undefined || reading.limitKib === undefined) return "no reading";
  return `${formatKib(reading.usedKib)} of ${formatKib(reading.limitKib)} on ${reading.ceiling ?? "?"}`;
}

function namesOf(family: StepOf<"shed">["family"]): string {
  if (!family) return "?";
  return family.map(({ name, pid }) => `${name ?? "?"} (PID ${pid ?? "?"})`).join(", ");
}

function shortFacts(name: string, facts: Record<string, unknown>): string {
  const shown = Object.entries(facts)
    .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value))
    .map(([fact, value]) => `${fact} ${value}`);
  return shown.length > 0 ? `${name}: ${shown.join(", ")}` : name;
}
