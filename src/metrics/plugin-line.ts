/** `nsomem check`: one line and a code for Nagios, Icinga and their kin, by the conventions of monitoring plugins. */

import { hint } from "../core/hint.ts";
import { type MemoryKind, memoryKinds } from "../core/reading.ts";
import { shown } from "../core/shown.ts";
import type { MemoryStatus, Status } from "../core/status.ts";
import { formatDuration, formatKib } from "../core/units.ts";
import { bytes } from "./family.ts";
import { statusAgeMs } from "./snapshot.ts";

/** The exit codes that a plugin has. */
export const pluginCodes = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const;
export type PluginState = keyof typeof pluginCodes;

export interface PluginResult {
  state: PluginState;
  /** One line, for standard output. */
  line: string;
}

/** A status is written once a tick, which may be a minute apart; an agent that wrote none for so long watches nothing. */
const ageMsMax = 90_000;
const forecastSecondsMax = 3600;
/** NRPE takes 1,024 bytes of a line; the performance data of two kinds has about 300. */
const textLengthMax = 500;
const noteLengthMax = 160;

interface Finding {
  state: PluginState;
  text: string;
}

export function pluginResult(status: Status, nowMs: number): PluginResult {
  const findings = findingsOf(status, nowMs);
  const state = worst(findings);
  // What decides the state is said first: a line may be cut on its way.
  const told = findings.toSorted((a, b) => weight(b.state) - weight(a.state)).map(({ text }) => text);
  return { state, line: `${pluginText(state, told.join("; "))} | ${performanceData(status, nowMs)}` };
}

/** What could not be found out. */
export function pluginUnknown(reason: string): PluginResult {
  return { state: "UNKNOWN", line: pluginText("UNKNOWN", reason) };
}

function pluginText(state: PluginState, text: string): string {
  // What follows a bar would be read as performance data.
  return `NSOMEM ${state}: ${shown(text.replaceAll("|", "/"), textLengthMax)}`;
}

function findingsOf(status: Status, nowMs: number): Finding[] {
  const ageMs = statusAgeMs(status, nowMs);
  if (!status.running) return [{ state: "CRITICAL", text: `no agent runs since ${status.updated}` }];
  if (ageMs > ageMsMax)
    return [
      { state: "CRITICAL", text: `the agent (PID ${status.pid}) is silent for ${formatDuration(ageMs)}` },
    ];
  return [
    ...(status.blind
      ? [{ state: "CRITICAL", text: `memory cannot be measured: ${note(status.blind.reason)}` } as const]
      : []),
    ...memoryKinds.flatMap((kind) => memoryFindings(kind, status.memory[kind])),
    ...(status.tool.state === "restarting"
      ? [{ state: "WARNING", text: `the tool is being restarted (${status.tool.restarts} times)` } as const]
      : []),
    ...problemFinding(status.problems),
    ...(status.nso ? [] : [{ state: "OK", text: "NSO is not running" } as const]),
    ...(status.dry_run ? [{ state: "OK", text: "dry run" } as const] : []),
  ];
}

function memoryFindings(kind: MemoryKind, memory: MemoryStatus | undefined): Finding[] {
  if (!memory) return [];
  const { level, percent, limit_kib, ceiling, enforced, forecast } = memory;
  const use = `${kind} ${percent.toFixed(1)} % of ${formatKib(limit_kib)} (${note(ceiling)})`;
  if (!enforced) return [{ state: "OK", text: `${use}, not enforced` }];
  const states = { normal: "OK", warning: "WARNING", critical: "CRITICAL" } as const;
  const isNear = forecast && forecast.critical_within_seconds < forecastSecondsMax;
  return [
    { state: states[level], text: level === "normal" ? use : `${use} is ${level}` },
    ...(isNear ? [{ state: "WARNING", text: `${kind} ${note(forecast.text)}` } as const] : []),
  ];
}

/** The first one is told: the line is short, and status tells them all. */
function problemFinding(problems: readonly string[]): Finding[] {
  const [first] = problems;
  if (first === undefined) return [];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more, see ${hint("status")})` : "";
  return [{ state: "WARNING", text: `${note(first)}${more}` }];
}

/** 'label'=value[UOM];[warn];[crit];[min];[max] */
function performanceData(status: Status, nowMs: number): string {
  const memory = memoryKinds.flatMap((kind) => {
    const of = status.memory[kind];
    if (!of) return [];
    const limit = bytes(of.limit_kib);
    const at = (percent: number) => Math.floor((limit * percent) / 100);
    const { forecast } = of;
    return [
      `${kind}=${bytes(of.used_kib)}B;${at(of.warning_percent)};${at(of.critical_percent)};0;${limit}`,
      ...(forecast
        ? [`${kind}_critical_in=${forecast.critical_within_seconds}s;${forecastSecondsMax}:;;0`]
        : []),
    ];
  });
  const { restarts, malformed_lines } = status.tool;
  return [
    ...memory,
    `age=${(statusAgeMs(status, nowMs) / 1000).toFixed(1)}s;;${ageMsMax / 1000};0`,
    `tool_restarts=${restarts}c`,
    `malformed_lines=${malformed_lines}c`,
  ].join(" ");
}

function note(text: string): string {
  return shown(text, noteLengthMax);
}

/** UNKNOWN is no finding of a status: it says that there was none. */
function worst(findings: readonly Finding[]): PluginState {
  return findings.reduce<PluginState>(
    (most, { state }) => (weight(state) > weight(most) ? state : most),
    "OK",
  );
}

function weight(state: PluginState): number {
  return pluginCodes[state];
}
