/** The incident of a recording in a sentence: what became critical, when, and what came of it. */

import { kindWords } from "../../core/kind-words.ts";
import type { HistoryEvent, Recording } from "../../core/recording.ts";
import { bindingEvents } from "../series/advisory.ts";
import { isEntered } from "../series/event-look.ts";
import { moment, type Zone } from "../series/zone.ts";
import type { Finding } from "./finding-tone.ts";

/** Of several the gravest, and among equals the newest; none where nothing happened. */
export function incidentFindings(recording: Recording, zone: Zone): Finding[] {
  const events = bindingEvents(recording);
  const incidents = [...groupedById(events)].map(([id, own]) => ({ id, own, gravity: gravityOf(own) }));
  const [gravest, ...others] = incidents.reverse().sort((a, b) => b.gravity - a.gravity);
  // Each action has an event for its beginning and one for its outcome.
  const actions = events.filter(isOutcome);
  if (!gravest) return actions.length === 0 ? [] : [actionsFinding(actions)];
  const { id, own, gravity } = gravest;
  const reached = own.filter(isEntered);
  const entered = reached.find(({ level }) => level === "critical") ?? reached[0];
  const atMs = (entered ?? own[0])?.atMs ?? 0;
  const what = entered
    ? `${entered.kind ? kindWords[entered.kind] : "?"} memory became ${entered.level}`
    : "memory was short";
  const more =
    others.length === 0 ? "" : ` ${count(others.length, "more incident")}: see the list of events.`;
  return [
    {
      tone: gravity >= critical ? "critical" : "warning",
      text: `Incident ${id}: ${what} at ${moment(zone, atMs)}. ${verdictOf(own)}${more}`,
      atMs,
    },
  ];
}

/** By the level that was reached, and whether a crash dump was asked for. */
const critical = 2;

function gravityOf(events: readonly HistoryEvent[]): number {
  if (events.some(isOfCrashDump)) return critical + 1;
  if (events.some(({ level }) => level === "critical")) return critical;
  return 1;
}

/** In the words in which the agent recorded it: "crash-dump done: NSO's crash dump is complete: …". */
function verdictOf(events: readonly HistoryEvent[]): string {
  const outcomes = events.filter(isOutcome);
  const last = outcomes.findLast(isOfCrashDump) ?? outcomes.at(-1);
  if (!last) return "No action was taken.";
  const [, outcome, message] = /^[\w:./-]+ (\w+): (.+)$/s.exec(last.text) ?? [];
  const words = message === undefined ? last.text : outcome === "done" ? message : last.text;
  return sentence(words);
}

function sentence(text: string): string {
  const first = text.slice(0, 1).toUpperCase() + text.slice(1);
  return first.endsWith(".") ? first : `${first}.`;
}

function actionsFinding(actions: readonly HistoryEvent[]): Finding {
  return {
    tone: "note",
    text: `${count(actions.length, "action")}: see the list of events.`,
    atMs: actions[0]?.atMs,
  };
}

function isOutcome({ type, text }: HistoryEvent): boolean {
  return type === "action" && !text.endsWith(" begins");
}

function isOfCrashDump({ type, text }: HistoryEvent): boolean {
  return type === "action" && text.startsWith("crash-dump ");
}

function groupedById(events: readonly HistoryEvent[]): Map<string, HistoryEvent[]> {
  const groups = new Map<string, HistoryEvent[]>();
  for (const event of events) {
    if (event.incidentId === undefined) continue;
    const own = groups.get(event.incidentId) ?? [];
    own.push(event);
    groups.set(event.incidentId, own);
  }
  return groups;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
