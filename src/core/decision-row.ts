/** One row of the table of decisions: written by a running agent and by a replay, to be compared. */

import { type Decision, wordOf } from "./action.ts";
import type { LevelChange } from "./episode.ts";
import type { Firing } from "./rule.ts";
import { formatTime } from "./units.ts";

/** What one reading led to: a change of level, firings, and what was decided on each. */
export interface DecidedStep {
  change: LevelChange | undefined;
  firings: readonly { firing: Firing; decisions: readonly Decision[] }[];
}

/** Of all columns but the last, which is as wide as its text. */
const columnWidths = [29, 9, 16, 16] as const;

/** The heading of the table. */
export const decisionHeading = formatRow("time (UTC)", "kind", "level", "rule", "action: decision");

/**
 * The rows of a step: one for each action, one for a rule whose list is empty, one for a change that fires no rule.
 * Times are those of the readings, so that a replay writes the same rows.
 */
export function decisionRows({ change, firings }: DecidedStep): string[] {
  const rows = firings.flatMap(({ firing, decisions }) => {
    const { rule, reading, level } = firing;
    const ofLevel = typeof rule.on === "string" && change;
    const levels = ofLevel ? describeChange(change) : level;
    const row = (what: string) => formatRow(timeOf(reading.atMs), rule.kind, levels, rule.name, what);
    return decisions.length === 0 ? [row("nothing listed")] : decisions.map((each) => row(describe(each)));
  });
  const isShown = firings.some(({ firing }) => typeof firing.rule.on === "string");
  if (!change || isShown) return rows;
  const { reading, kind } = change;
  return [formatRow(timeOf(reading.atMs), kind, describeChange(change), "-", "nothing to do"), ...rows];
}

/** A row for programs. */
export function rowDocument(row: string) {
  const [at = "", kind = "", level = "", rule = "", ...decision] = row.split(/ {2,}/);
  return { at, kind, level, rule, decision: decision.join("  ") };
}

/** Rows of a table, without heading, comments and differences of spacing. */
export function rowsOfTable(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim().replaceAll(/\s+/g, " "))
    .filter((line) => /^\d{4}-/.test(line));
}

function describe(decision: Decision): string {
  return `${wordOf(decision.action.do)}: ${decision.verdict === "run" ? "run" : `skip (${decision.because})`}`;
}

function describeChange({ from, to }: LevelChange): string {
  return from === null ? to : `${from}>${to}`;
}

function timeOf(atMs: number): string {
  return formatTime(atMs, 0);
}

function formatRow(...cells: string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(columnWidths[index] ?? 0))
    .join("  ")
    .trimEnd();
}
