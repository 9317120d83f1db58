/** The configuration: every key optional, unknown keys refused. Written in TOML; durations and sizes with units. */

import { z } from "zod";
import { actionNames } from "./action.ts";
import type { Persistence } from "./episode.ts";
import { NsomemError } from "./errors.ts";
import type { Limits } from "./level.ts";
import { nearest } from "./nearest.ts";
import type { MemoryKind } from "./reading.ts";
import { parseDurationMs, parseSizeKib } from "./units.ts";

const percent = z
  .number()
  .gt(0)
  .max(100)
  // plot.sh computes in basis points; more decimals would not be honoured.
  .refine((value) => Math.abs(value * 100 - Math.round(value * 100)) < 1e-6, "has at most two decimals");

const duration = (fallback: string, { minMs = 0, maxMs = 7 * 86_400_000 } = {}) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => converted(text, parseDurationMs, context))
    .refine((ms) => ms >= minMs && ms <= maxMs, `must be between ${minMs} ms and ${maxMs} ms`);

const size = z.string().transform((text, context) => converted(text, parseSizeKib, context));

const limits = {
  warning_percent: percent.default(90),
  critical_percent: percent.default(95),
  warning_free: size.optional(),
  critical_free: size.optional(),
  confirm: z.int().min(1).max(100).default(1),
  recovery_points: z.number().min(0).max(50).default(2),
  recovery_time: duration("10s"),
};

/** Refuses a section whose warning would never be seen. */
const warningIsBelowCritical = (section: { warning_percent: number; critical_percent: number }) =>
  section.warning_percent < section.critical_percent;
const warningNotBelow = { error: "must be below critical_percent", path: ["warning_percent"] };

const absolutePath = z.string().startsWith("/", "must be an absolute path");
const actionList = (...fallback: z.infer<typeof actionName>[]) => z.array(actionName).default(fallback);
const actionName = z.enum(actionNames);

const physical = z
  .strictObject({ ...limits, basis: z.enum(["available", "free"]).default("available") })
  .refine(warningIsBelowCritical, warningNotBelow);

const allocated = z
  .strictObject({ ...limits, enforce: z.enum(["strict", "always", "never"]).default("strict") })
  .refine(warningIsBelowCritical, warningNotBelow);

const actions = z.strictObject({
  info_phy: actionList(),
  warning_phy: actionList("debug-dump"),
  crit_phy: actionList("crash-dump"),
  info_alloc: actionList(),
  warning_alloc: actionList("debug-dump"),
  crit_alloc: actionList(),
});

const debugDump = z.strictObject({
  count: z.int().min(1).max(20).default(3),
  interval: duration("1s"),
  timeout: duration("120s", { minMs: 100 }),
  cooldown: duration("10m"),
});

const crashDump = z.strictObject({
  confirm: z.boolean().default(true),
  cooldown: duration("10m"),
  timeout: duration("10m", { minMs: 100 }),
});

const nso = z.strictObject({
  pid: z.int().positive().optional(),
  conffile: z.string().optional(),
  run_dir: absolutePath.optional(),
  crash_dump: absolutePath.optional(),
  command: absolutePath.optional(),
});

const history = z.strictObject({
  keep: duration("14d", { minMs: 60_000, maxMs: 3650 * 86_400_000 }),
  size_max: size.prefault("512MiB"),
});

const tool = z.strictObject({
  interval_max: duration("1s", { minMs: 20, maxMs: 60_000 }),
  interval_min: duration("20ms", { minMs: 5, maxMs: 60_000 }),
});

export const configSchema = z.strictObject({
  physical: physical.prefault({}),
  allocated: allocated.prefault({}),
  actions: actions.prefault({}),
  debug_dump: debugDump.prefault({}),
  crash_dump: crashDump.prefault({}),
  nso: nso.prefault({}),
  tool: tool.prefault({}),
  history: history.prefault({}),
});

/** The effective configuration: durations in ms, sizes in KiB. */
export type Config = z.output<typeof configSchema>;

/** One complaint about a configuration, with the keys that lead to it. */
export interface ConfigIssue {
  path: PropertyKey[];
  message: string;
}

/** Validates what a TOML document holds. Never throws: complaints are values, so that the caller can add lines. */
export function parseConfig(document: unknown): { config: Config } | { issues: ConfigIssue[] } {
  const result = configSchema.safeParse(document);
  if (result.success) return { config: result.data };
  return { issues: result.error.issues.flatMap((issue) => describeIssue(issue)) };
}

/** The built-in defaults. */
export function defaultConfig(): Config {
  return configSchema.parse({});
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

function describeIssue(issue: z.core.$ZodIssue): ConfigIssue[] {
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(issue.path);
    return issue.keys.map((key) => {
      const guess = nearest(key, known);
      const wayOut = guess ? `did you mean "${guess}"?` : `known keys: ${known.join(", ")}`;
      return { path: [...issue.path, key], message: `unknown key "${key}"; ${wayOut}` };
    });
  }
  return [{ path: issue.path, message: `${issue.path.join(".")}: ${issue.message}` }];
}

/** The keys that may stand at `path`: those of the document, or of one section. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  const section = path[0];
  const defaults: Record<string, object> = configSchema.shape;
  if (section === undefined) return Object.keys(defaults);
  const shapes: Record<string, object> = {
    physical: physical.shape,
    allocated: allocated.shape,
    actions: actions.shape,
    debug_dump: debugDump.shape,
    crash_dump: crashDump.shape,
    nso: nso.shape,
    tool: tool.shape,
    history: history.shape,
  };
  return Object.keys(shapes[String(section)] ?? {});
}

function converted(text: string, convert: (text: string) => number, context: z.core.$RefinementCtx): number {
  try {
    return convert(text);
  } catch (error) {
    const message = error instanceof NsomemError ? error.message : String(error);
    context.issues.push({ code: "custom", message, input: text });
    return z.NEVER;
  }
}
