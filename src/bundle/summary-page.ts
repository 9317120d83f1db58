/** SUMMARY.md: what happened, in plain words, for someone who has never seen nsomem. */

import type { IncidentSummary } from "../core/incident.ts";
import type { RecordedStep } from "../core/incident-step.ts";
import { kindWords } from "../core/kind-words.ts";
import { toldSteps } from "../core/told-steps.ts";
import { formatDuration, formatKib, formatTime } from "../core/units.ts";
import type { DumpSummary } from "../dump/summary.ts";
import { dumpWords } from "../dump/words.ts";
import type { IncidentLog } from "../record/incident-log.ts";
import type { BundleFile } from "./archive.ts";
import { markdownText } from "./markdown-text.ts";
import { nextSteps } from "./next-steps.ts";
import { leftOut, type Missing } from "./part.ts";

export interface SummaryInput {
  incident: IncidentLog;
  summary: IncidentSummary;
  files: readonly BundleFile[];
  missing: readonly Missing[];
  redact: boolean;
  nowMs: number;
  /** Of nsomem. */
  version: string;
  /** The host's name. */
  host: string;
  nsoVersion: string;
  /** What its crash dump says, where it was read; without names where `redact`. */
  dump: DumpSummary | undefined;
}

export function summaryPage(input: SummaryInput): string {
  const { incident, summary, files, missing, redact, nowMs, version } = input;
  const lines = [
    `# Memory incident ${markdownText(incident.id)}`,
    "",
    `**${verdictSentence(summary)}** ${markdownText(sentence(summary.sentence))}`,
    "",
    "## In one minute",
    "",
    ...facts(input),
    "",
    "What to do next:",
    "",
    ...nextSteps({
      ...{ summary, redact },
      names: files.map(({ name }) => name),
      isIncomplete: missing.some(({ why }) => !why.startsWith(leftOut)),
    }).map((step, index) => `${index + 1}. ${step}`),
    "",
    ...dumpLines(input),
    "## What happened",
    "",
    ...toldSteps(incident.steps).map(({ atMs, text }) => `- ${formatTime(atMs)} ${markdownText(text)}`),
    ...(incident.damagedLines > 0
      ? [`- ${incident.damagedLines} lines of the record could not be read`]
      : []),
    "",
    "## Files",
    "",
    ...files.map(({ name }) => `- ${markdownText(name)}: ${meaningOf(name)}`),
    "- SHA256SUMS: check with `sha256sum -c SHA256SUMS`",
    ...(missing.length > 0 ? ["", "## Not in here", ""] : []),
    ...missing.map(({ what, why }) => `- ${markdownText(what)}: ${markdownText(why)}`),
    "",
    redact
      ? "Dumps, logs of NSO, output of commands and the host's name were left out: look at the rest before you pass it on."
      : "**Confidential: dumps hold configuration data of NSO, passwords and keys among it.**",
    "",
    `Made by nsomem ${version} at ${formatTime(nowMs)}.`,
    "",
  ];
  return lines.join("\n");
}

function sentence(text: string): string {
  const first = text.slice(0, 1).toUpperCase() + text.slice(1);
  return first.endsWith(".") ? first : `${first}.`;
}

export function verdictSentence({ state, verdict }: Pick<IncidentSummary, "state" | "verdict">): string {
  if (state === "unfinished") return "Not finished yet.";
  switch (verdict) {
    case "complete":
      return "NSO's crash dump is complete.";
    case "cut":
      return "NSO's crash dump was cut.";
    case "unread":
      return "NSO's crash dump could not be read.";
    case "missing":
      return "NSO ended without a crash dump.";
    case "survived":
      return "NSO survived the signal.";
    case "withheld":
      return "NSO was left alone.";
    case "unwatched":
    case null:
      return "No crash dump was asked for.";
  }
}

function facts({ incident: { steps }, summary, host, nsoVersion }: SummaryInput): string[] {
  const { kind, sinceMs, untilMs, begun } = summary;
  const reading = steps.map(readingOf).findLast((found) => found !== undefined);
  const use =
    reading?.usedKib === undefined || reading.limitKib === undefined
      ? ""
      : `: ${formatKib(reading.usedKib)} of ${formatKib(reading.limitKib)} on ${markdownText(reading.ceiling ?? "?")}`;
  const core = begun ? `; its core was PID ${begun.pid}, ${markdownText(begun.argv[0] ?? "?")}` : "";
  const victim = steps.findLast((step) => step.step === "victim");
  const evidence = steps.findLast((step) => step.step === "grower-evidence");
  // Of an incident that ended at the warning, what was known then.
  const grew = victim?.grew ?? steps.findLast((step) => step.step === "grower-evidence-begun")?.grew;
  return [
    `- What: ${kind ? kindWords[kind] : "?"} memory, level ${reading?.level ?? "?"}${use}`,
    `- When: ${formatTime(sinceMs)}, for ${formatDuration(Math.max(0, untilMs - sinceMs))}`,
    `- Where: host ${markdownText(host)}, ${versionWords(nsoVersion)}${core}`,
    `- Who: ${grew === undefined ? "who grew was not recorded" : markdownText(grew)}`,
    ...(evidence?.message === undefined ? [] : [`- Evidence: ${markdownText(evidence.message)}`]),
    ...(victim?.sentence === undefined ? [] : [`- ${markdownText(sentence(victim.sentence))}`]),
  ];
}

function dumpLines({ dump }: SummaryInput): string[] {
  if (!dump) return [];
  return [
    "## What the crash dump says",
    "",
    ...dumpWords(dump).map((words) => `- ${markdownText(words)}`),
    "",
  ];
}

function versionWords(nsoVersion: string): string {
  const isKnown = !nsoVersion.startsWith("not known");
  return isKnown
    ? `NSO ${markdownText(nsoVersion.replace(/^NSO /, ""))}`
    : "NSO of a version that is not known";
}

function readingOf(step: RecordedStep) {
  return step.step === "critical" || step.step === "debug-dump-begun" ? step.reading : undefined;
}

const meanings: [RegExp, string][] = [
  [/^MISSING\.txt$/, "what is not in here, with the reason"],
  [/^incident\.jsonl$/, "the record, one step a line"],
  [/^crash-dump\//, "Erlang crash dump, for NSO's support"],
  [/^debug-dumps\//, "output of `ncs --debug-dump`"],
  [/^history\.csv$/, "memory of the host and of each NSO process over the last 30 minutes, in KiB"],
  [/^report\.html$/, "the same as graphs; opens in any browser, without a network"],
  [/^logs\//, "log lines of the same time"],
  [/^nso\/ncs\.conf/, "NSO's configuration file without its secrets"],
  [/^nso\/environment\.txt$/, "the NCS_* variables of NSO's environment, without secrets"],
  [/^nso\/packages\.tsv$/, "NSO's packages with their versions"],
  [/^nso\/version\.txt$/, "NSO's version"],
  [/^nso\/logs\/ncserr/, "NSO's error log, for `ncs --printlog`"],
  [/^nso\/logs\//, "NSO's own log, the lines of the same time"],
  [/^evidence(?:-\d+)?\/jvm-classes/, "which classes the JVM's objects are of, by a sample of its pages"],
  [
    /^evidence(?:-\d+)?\/python-types/,
    "which types the Python VM's objects are of, by a sample of its pages",
  ],
  [/^evidence(?:-\d+)?\//, "what the process that grew most said of itself at the warning"],
  [/^dump-summary\./, "what the crash dump says, in plain words"],
  [/host\.txt$/, "the name of the host"],
  [/nso\.json$/, "NSO's user, directories and NCS_* variables, without secrets"],
  [/processes\.tsv$/, "all processes at that moment, largest first"],
  [/kernel-oom\.txt$/, "what the kernel's log of this boot says about its OOM killer"],
  [/ncs-conf-memory\.xml$/, "the memory-management section of ncs.conf"],
  [/configuration\.json$/, "the configuration of nsomem in force: durations in ms, sizes in KiB"],
  [/^at-critical\//, "the host when memory became critical"],
  [/^at-warning\//, "the host when memory reached the warning"],
  [/^now\//, "the host when this bundle was made"],
];

function meaningOf(name: string): string {
  return meanings.find(([form]) => form.test(name))?.[1] ?? "output of an action";
}
