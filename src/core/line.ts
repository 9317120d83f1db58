/** The lines of a measuring tool: ours and the original toolset's. One line in, one value out, nothing thrown. */

import { hostCeiling, hostLimitOf, shownCeiling } from "./ceiling-name.ts";
import { processGroups } from "./group.ts";
import type { Level } from "./level.ts";
import type { ChildSample, MemoryKind, ProcessSample, Reading } from "./reading.ts";
import { shown } from "./shown.ts";
import { latestMomentOf, parseStamp } from "./stamp.ts";

/** What a line was. `other` is text that claims nothing (a banner, a warning of bash); `malformed` claimed and failed. */
export type ToolLine =
  | { kind: "reading"; reading: Reading }
  | { kind: "sample"; sample: ProcessSample }
  | { kind: "event"; atMs: number; text: string }
  | { kind: "other"; line: string }
  | { kind: "malformed"; line: string; reason: string };

/**
 * What a line was worth to whoever took it. `reading`: of physical memory, which every host has, and of now. `event`: it
 * is understood, and says nothing of what is used now.
 */
export type LineWorth = "reading" | "sample" | "event" | "rubbish";

/** Longer lines are malformed: the longest sample line (a name of 200 and 100 children) stays under this. */
export const lineLengthMax = 4096;

/** What gives a line its time where its stamp alone does not. */
export interface Dating {
  /** When the line can have been written at the latest. */
  latestMs: number;
  /** The time of a line without any stamp. Default: `latestMs`, since its tool prints none. */
  undatedMs?: number;
  /** The moment of a time of day alone. Default: the latest. */
  clockMs?: (clockSeconds: number) => number;
}

/**
 * One line without its newline. Its `atMs` is NaN where there is a stamp that cannot be told: such a line may be old.
 * Source of the forms: facts 1.1; of the stamps: facts 2.15; sample form: plot.sh.
 */
export function parseLine(line: string, dating: Dating): ToolLine {
  if (line.length > lineLengthMax) return malformed(line, `longer than ${lineLengthMax} characters`);
  const tag = /\[(MONITOR VERBOSE|MONITOR|SAMPLE|TOOL)\](?: |$)/.exec(line);
  if (!tag) return { kind: "other", line };
  const atMs = timeOf(line.slice(0, tag.index), dating);
  const rest = line.slice(tag.index + tag[0].length);
  switch (tag[1]) {
    case "SAMPLE":
      return parseSample(line, rest, atMs);
    case "TOOL":
      return { kind: "event", atMs, text: shown(rest, lineLengthMax) };
    default:
      return parseReading(line, rest, atMs) ?? wholeAfterHalf(line, rest, dating);
  }
}

/** A tool that ended within a line leaves half of one, and the next begins right behind it. */
function wholeAfterHalf(line: string, rest: string, dating: Dating): ToolLine {
  const tag = /\[MONITOR(?: VERBOSE)?\] (?!.*\[MONITOR)/.exec(rest);
  const whole =
    tag &&
    parseReading(line, rest.slice(tag.index + tag[0].length), timeOf(rest.slice(0, tag.index), dating));
  return whole ?? malformed(line, "not of the form [LEVEL] NAME used KB/limit KB(percent%) … of LIMIT");
}

function timeOf(prefix: string, { latestMs, undatedMs = latestMs, clockMs }: Dating): number {
  const stamp = parseStamp(prefix, latestMs);
  switch (stamp.kind) {
    case "moment":
      return stamp.atMs;
    case "clock":
      return clockMs?.(stamp.clockSeconds) ?? latestMomentOf(stamp.clockSeconds, latestMs);
    case "unknown":
      return Number.NaN;
    case "none":
      return undatedMs;
    default:
      return stamp satisfies never;
  }
}

/** A reading as the tool would have printed it: in monitor.log the agent's own readings look like any other. */
export function formatReading(reading: Reading, time: string): string {
  const { kind, level, usedKib, limitKib, thresholdPercent, ceiling } = reading;
  const name = kind === "physical" ? "Physical Memory Usage" : "Committed_AS";
  const percent = Math.floor((usedKib * 100) / limitKib);
  const tag = level === "normal" ? "[MONITOR VERBOSE]" : "[MONITOR]";
  const relation = level === "normal" ? "is within" : "exceeded";
  const use = `${usedKib} KB/${limitKib} KB(${percent}%)`;
  return `${time} ${tag} [${wordOfLevel[level]}] ${name} ${use} ${relation} ${thresholdPercent}% of ${shownCeiling(kind, ceiling)}`;
}

/** The children of a sample line together are at most this long, as plot.sh has it. */
const childrenLengthMax = 3500;

/** A sample as the tool would have printed it. */
export function formatSample(sample: ProcessSample, time: string): string {
  const { group, name, pid, rssKib, allocatedKib } = sample;
  let children = "";
  for (const child of sample.children) {
    if (children.length > childrenLengthMax) break;
    children += `${children && ","}${child.pid}:${child.rssKib}:${child.allocatedKib}`;
  }
  return `${time} [SAMPLE] group=${group} pid=${pid} rss_kib=${rssKib} allocated_kib=${allocatedKib} children=${children} name=${name}`;
}

const wordOfLevel: Record<Level, string> = { normal: "INFO", warning: "WARNING", critical: "CRIT" };

const levelOfWord: Record<string, Level> = { INFO: "normal", WARNING: "warning", CRIT: "critical" };

const readingForm =
  /^\[(INFO|WARNING|CRIT)\] (Committed_AS|Physical Memory Usage) (\d{1,15}) KB\/(\d{1,15}) KB\((\d+)%\) (?:is within|exceeded) (\d+(?:\.\d+)?)% of ([^\s\x00-\x1f][^\x00-\x1f\x7f]*)$/;

/** Undefined for another form. */
function parseReading(line: string, rest: string, atMs: number): ToolLine | undefined {
  const match = readingForm.exec(rest);
  if (!match) return undefined;
  const [, word = "", name, used, limit, , threshold, ceilingText = ""] = match;
  const kind: MemoryKind = name === "Committed_AS" ? "allocated" : "physical";
  const limitKib = Number(limit);
  if (limitKib === 0) return malformed(line, "a limit of 0 KB");
  const level = levelOfWord[word];
  if (!level) return malformed(line, `unknown level ${word}`);
  const reading: Reading = {
    kind,
    level,
    usedKib: Number(used),
    limitKib,
    thresholdPercent: Number(threshold),
    ceiling: ceilingText === hostLimitOf[kind] ? hostCeiling : shown(ceilingText, lineLengthMax),
    atMs,
    source: "tool",
  };
  return { kind: "reading", reading };
}

const sampleForm =
  /^group=(\w+) pid=(\d{1,10}) rss_kib=(\d{1,15}) allocated_kib=(\d{1,15}) children=(\S*) name=([^\x00-\x1f\x7f]+)$/;

function parseSample(line: string, rest: string, atMs: number): ToolLine {
  const match = sampleForm.exec(rest);
  if (!match) return malformed(line, "not of the form group= pid= rss_kib= allocated_kib= children= name=");
  const [, groupWord, pid, rss, allocated, childrenText = "", name = ""] = match;
  const group = processGroups.find((known) => known === groupWord);
  if (!group) return malformed(line, `unknown process group ${groupWord}`);
  const children = parseChildren(childrenText);
  if (!children) return malformed(line, `children are not PID:RSS:ALLOCATED, … but ${childrenText}`);
  const sample = {
    group,
    name: shown(name),
    pid: Number(pid),
    rssKib: Number(rss),
    allocatedKib: Number(allocated),
    children,
    atMs,
  };
  return { kind: "sample", sample };
}

function parseChildren(text: string): ChildSample[] | undefined {
  if (text === "") return [];
  const children: ChildSample[] = [];
  for (const part of text.split(",")) {
    const match = /^(\d{1,10}):(\d{1,15}):(\d{1,15})$/.exec(part);
    if (!match) return undefined;
    children.push({ pid: Number(match[1]), rssKib: Number(match[2]), allocatedKib: Number(match[3]) });
  }
  return children;
}

function malformed(line: string, reason: string): ToolLine {
  return { kind: "malformed", line: shown(line), reason: shown(reason) };
}
