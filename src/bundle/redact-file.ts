/**
 * What of an incident's own files goes in with --redact. Only what is known to hold no configuration data and nothing
 * that another program printed: a file that is not named here stays out.
 */

import { confWithoutSecrets } from "../core/ncs-conf-secrets.ts";
import { formatNsoRecord, nsoRecordName, parseNsoRecord } from "../core/nso-record.ts";
import { redactArgv } from "../core/redact-step.ts";
import { isPlainValue, masked, withoutSecrets } from "../core/secret-text.ts";
import { redactSummary } from "../dump/redact.ts";
import { parseDumpSummary, summaryFiles } from "../dump/summary.ts";
import { summaryText } from "../dump/summary-text.ts";

/** The text as it goes in; undefined where nothing of it does. */
type Redaction = (text: string) => string | undefined;

/** Counters of the kernel, and settings. */
const figures: Redaction = withoutSecrets;

const atLevel: Readonly<Record<string, Redaction>> = {
  "meminfo.txt": figures,
  "vmstat.txt": figures,
  "swaps.txt": figures,
  "loadavg.txt": figures,
  "pressure.txt": figures,
  "vm-settings.txt": figures,
  "core.txt": figures,
  "versions.txt": figures,
  "configuration.json": figures,
  "kernel-oom.txt": figures,
  "ncs-conf-memory.xml": (text) => confWithoutSecrets(text, { isStrict: true }),
  "processes.tsv": withoutArguments,
  [nsoRecordName]: plainRecord,
};

/** By the name below the incident's directory. */
export function redactionOf(name: string): Redaction | undefined {
  const [directory = "", file = "", ...deeper] = name.split("/");
  if (deeper.length > 0) return undefined;
  if (directory === "at-warning" || directory === "at-critical")
    return Object.hasOwn(atLevel, file) ? atLevel[file] : undefined;
  return undefined;
}

/** The summary of the dump in both forms, from the document; names that could hold data are left out. */
export function redactedDumpSummary(json: string): { name: string; text: string }[] {
  const summary = parseDumpSummary(json);
  if (!summary) return [];
  const redacted = redactSummary(summary);
  return [
    { name: summaryFiles.text, text: `${summaryText(redacted)}\n` },
    { name: summaryFiles.json, text: `${JSON.stringify(redacted, null, 1)}\n` },
  ];
}

/** The last column is NSO's command lines. */
function withoutArguments(text: string): string {
  return text
    .split("\n")
    .map((line, index) => {
      const columns = line.split("\t");
      const last = columns.pop() ?? "";
      if (index === 0 || columns.length === 0 || last === "") return line;
      return [...columns, redactArgv(last.split(" ")).join(" ")].join("\t");
    })
    .join("\n");
}

function plainRecord(text: string): string | undefined {
  const record = parseNsoRecord(text);
  if (!record) return undefined;
  const variables = Object.fromEntries(
    Object.entries(record.variables).map(([name, value]) => [name, isPlainValue(value) ? value : masked]),
  );
  return formatNsoRecord({ ...record, variables });
}
