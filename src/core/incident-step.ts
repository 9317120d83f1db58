/** One recorded step as a sentence, for people who read an incident and not its JSON. */

import type { RecordedStep } from "./incident.ts";
import { formatKib } from "./units.ts";

/** What happened, without its time. A step that is not known here shows its name and its short facts. */
export function describeStep({ atMs: _, step, ...facts }: RecordedStep): string {
  const text = (name: string) => String(facts[name] ?? "?");
  switch (step) {
    case "critical":
      return `memory is critical: ${describeReading(facts.reading)} (rule ${text("rule")})`;
    case "debug-dump-begun":
      return `taking debug dumps of PID ${text("pid")}: ${describeReading(facts.reading)}`;
    case "signal-intended":
      return `SIGUSR1 is about to go to PID ${text("pid")}`;
    case "signal-sent":
      return `SIGUSR1 was sent to PID ${text("pid")}`;
    case "signal-withheld":
      return `no signal was sent: ${text("reason")}`;
    case "moved-aside":
      return `an older dump was renamed from ${text("from")} to ${text("to")}`;
    case "prepared":
      return `the record is ${facts.recordSynced === true ? "on disk" : "not on disk yet"}; the dump's place was checked`;
    case "shielded":
      return `${countOf(facts.changes)} OOM scores were changed in favour of the core`;
    case "unshielded":
      return "the OOM scores were put back";
    case "victim":
      return `${text("sentence")}; ${text("grew")}`;
    case "evidence":
      return `the state of the host was written to ${text("dir")}`;
    case "shedding":
      return `memory is still critical: ending ${namesOf(facts.family)}`;
    case "shed":
      return `ended to make room: ${namesOf(facts.family)}`;
    case "growing":
      return `the dump has ${formatKib(Number(facts.bytes ?? 0) / 1024)}`;
    case "checksum":
      return `SHA-256 of ${text("path")}: ${text("sha256")}`;
    case "preserved":
      return `the dump was copied out of the container to ${text("copy")}`;
    case "oom-kill":
      return `the kernel says: ${text("line")}`;
    case "resumed":
      return `a later agent (PID ${text("pid")}) took this incident up`;
    default:
      return typeof facts.message === "string" ? facts.message : shortFacts(step, facts);
  }
}

function describeReading(value: unknown): string {
  if (typeof value !== "object" || value === null) return "no reading";
  const { usedKib, limitKib, ceiling } = value as Record<string, unknown>;
  return `${formatKib(Number(usedKib))} of ${formatKib(Number(limitKib))} on ${String(ceiling)}`;
}

function countOf(value: unknown): number | string {
  return Array.isArray(value) ? value.length : "?";
}

function namesOf(value: unknown): string {
  if (!Array.isArray(value)) return "?";
  return value.map(({ name, pid }) => `${String(name)} (PID ${String(pid)})`).join(", ");
}

function shortFacts(step: string, facts: Record<string, unknown>): string {
  const shown = Object.entries(facts)
    .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value))
    .map(([name, value]) => `${name} ${value}`);
  return shown.length > 0 ? `${step}: ${shown.join(", ")}` : step;
}
