/** The configuration: every key optional, unknown keys refused. Written in TOML; durations and sizes with units. */

import type { z } from "zod";
import { type ActionSpec, wordOf } from "./action.ts";
import { type ConfigIssue, describeIssue } from "./config-issue.ts";
import { ruleKeys, schemaFor, sectionKeys } from "./config-sections.ts";
import type { ActionWords } from "./config-value.ts";
import type { Limits } from "./level.ts";
import type { MemoryKind } from "./reading.ts";
import { shownJson } from "./shown.ts";
import type { Persistence } from "./threshold.ts";

/** The effective configuration: durations in ms, sizes in KiB, actions parsed. */
export type Config = z.output<ReturnType<typeof schemaFor>>;

/**
 * Validates what a TOML document holds; `words` are the action kinds that its lists may name. Never throws:
 * complaints are values, so that the caller can add lines.
 */
export function parseConfig(
  document: unknown,
  words: ActionWords,
): { config: Config } | { issues: ConfigIssue[] } {
  const result = schemaFor(words).safeParse(document);
  if (result.success) return { config: result.data };
  return {
    issues: result.error.issues.flatMap((issue) => describeIssue(issue, document, knownKeys)),
  };
}

/** The built-in defaults. */
export function defaultConfig(): Config {
  return schemaFor({}).parse({});
}

/** The configuration in force for people and other programs, as indented JSON: actions as the words of a list. */
export function configJson(config: Config): string {
  const words = (actions: readonly ActionSpec[]) => actions.map(wordOf);
  const lists = Object.entries(config.actions).map(([name, actions]) => [name, words(actions)]);
  const rule = config.rule.map((own) => ({ ...own, actions: words(own.actions) }));
  return `${shownJson({ ...config, actions: Object.fromEntries(lists), rule }, 2)}\n`;
}

export function limitsOf(kind: MemoryKind, config: Config): Limits {
  const section = config[kind];
  return {
    warningPercent: section.warning_percent,
    criticalPercent: section.critical_percent,
    warningFreeKib: section.warning_free,
    criticalFreeKib: section.critical_free,
  };
}

export function persistenceOf(kind: MemoryKind, config: Config): Persistence {
  const section = config[kind];
  return {
    recoveryPoints: section.recovery_points,
    recoveryMs: section.recovery_time,
    confirmReadings: section.confirm,
  };
}

/** A tool that has given no reading for so long, in ms, has died or hangs: three intervals and a second, if not many. */
export function silenceMsMaxOf({ tool }: Pick<Config, "tool">): number {
  return Math.min(3 * tool.interval_max + 1000, tool.interval_max + 5000);
}

/** A reading of the tool comes each interval; a second later than that, in ms, the agent does not wait for it. */
export function overdueMsMaxOf({ tool }: Pick<Config, "tool">): number {
  return tool.interval_max + 1000;
}

/** The keys that may be at `path`: those of the document, of one section, or of a rule. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  const [section] = path;
  if (section === undefined) return [...Object.keys(sectionKeys()), "rule"];
  return section === "rule" ? ruleKeys() : (sectionKeys()[String(section)] ?? []);
}
