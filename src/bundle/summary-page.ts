/** SUMMARY.md: what happened, in plain words, for someone who has never seen nsomem. */

import { describeStep } from "../core/describe-step.ts";
import type { IncidentSummary } from "../core/incident.ts";
import type { RecordedStep } from "../core/incident-step.ts";
import { formatKib, formatTime } from "../core/units.ts";
import type { IncidentLog } from "../record/incident-log.ts";
import type { BundleFile } from "./archive.ts";
import { markdownText } from "./markdown-text.ts";
import type { Missing } from "./part.ts";

export interface SummaryInput {
  incident: IncidentLog;
  summary: IncidentSummary;
  files: readonly BundleFile[];
  missing: readonly Missing[];
  redact: boolean;
  nowMs: number;
  version: string;
}

export function summaryPage(input: SummaryInput): string {
  const { incident, summary, files, missing, redact, nowMs, version } = input;
  const lines = [
    `# Memory incident ${markdownText(incident.id)}`,
    "",
    `**${verdictSentence(summary)}** ${markdownText(sentence(summary.sentence))}`,
    "",
    ...facts(incident, summary),
    "",
    "## What happened",
    "",
    ...incident.steps.map((step) => `- ${formatTime(step.atMs)} ${markdownText(describeStep(step))}`),
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
      ? "Dumps were left out. Logs and settings are in here: look at them before you pass this on."
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

function facts({ steps }: IncidentLog, { kind, sinceMs, begun }: IncidentSummary): string[] {
  const lines = [`- Memory: ${kind ?? "?"}, since ${formatTime(sinceMs)}`];
  const reading = steps.map(readingOf).findLast((found) => found !== undefined);
  if (reading?.usedKib !== undefined && reading.limitKib !== undefined) {
    const use = `${formatKib(reading.usedKib)} of ${formatKib(reading.limitKib)}`;
    lines.push(`- Reading: ${use} on ${markdownText(reading.ceiling ?? "?")}, level ${reading.level ?? "?"}`);
  }
  if (begun) lines.push(`- NSO core: PID ${begun.pid}, ${markdownText(begun.argv[0] ?? "?")}`);
  const victim = steps.findLast((step) => step.step === "victim");
  if (victim?.sentence !== undefined) lines.push(`- ${markdownText(sentence(victim.sentence))}`);
  if (victim?.grew !== undefined) lines.push(`- Growth: ${markdownText(victim.grew)}`);
  return lines;
}

function readingOf(step: RecordedStep) {
  return step.step === "critical" || step.step === "debug-dump-begun" ? step.reading : undefined;
}

const meanings: [RegExp, string][] = [
  [/^incident\.jsonl$/, "the record, one step a line"],
  [/^crash-dump\//, "Erlang crash dump, for NSO's support"],
  [/^debug-dumps\//, "output of `ncs --debug-dump`"],
  [/^history\.csv$/, "memory of the host and of each NSO process over the last 30 minutes, in KiB"],
  [/^report\.html$/, "the same as graphs; opens in any browser, without a network"],
  [/^logs\//, "log lines of the same time"],
  [/processes\.tsv$/, "all processes at that moment, largest first"],
  [/kernel-oom\.txt$/, "what the kernel's log says about its OOM killer, seconds since boot"],
  [/ncs-conf-memory\.xml$/, "the memory-management section of ncs.conf"],
  [/configuration\.json$/, "the configuration of nsomem in force: durations in ms, sizes in KiB"],
  [/^at-critical\//, "the host when memory became critical"],
  [/^at-warning\//, "the host when memory reached the warning"],
  [/^now\//, "the host when this bundle was made"],
];

function meaningOf(name: string): string {
  return meanings.find(([form]) => form.test(name))?.[1] ?? "output of an action";
}
