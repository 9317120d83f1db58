/** The sections of the configuration: every key with its default and its range. */

import { z } from "zod";
import type { ActionSpec } from "./action.ts";
import {
  type ActionWords,
  absolutePath,
  actionSpec,
  duration,
  durationText,
  percent,
  size,
  whole,
} from "./config-value.ts";
import { logFormats } from "./log-line.ts";
import { memoryKinds } from "./reading.ts";
import { inheritedNames } from "./rule-name.ts";
import { tomlSize } from "./units.ts";

const limits = {
  warning_percent: percent.default(90),
  critical_percent: percent.default(95),
  warning_free: size.optional(),
  critical_free: size.optional(),
  confirm: whole(1, 100).default(1),
  recovery_points: z.number().min(0, "must be from 0 to 50").max(50, "must be from 0 to 50").default(2),
  recovery_time: duration("10s"),
};

interface LimitKeys {
  warning_percent: number;
  critical_percent: number;
  warning_free?: number | undefined;
  critical_free?: number | undefined;
}

/** Refuses a section whose warning would never be seen. */
function checkLimits(section: LimitKeys, context: z.core.$RefinementCtx): void {
  const complain = (key: keyof LimitKeys, message: string) =>
    context.issues.push({ code: "custom", path: [key], message, input: section[key] });
  if (section.warning_percent >= section.critical_percent)
    complain("warning_percent", `must be below critical_percent (${section.critical_percent})`);
  const { warning_free: warning, critical_free: critical } = section;
  if (warning !== undefined && critical !== undefined && warning <= critical)
    complain("warning_free", `must be more than critical_free (${tomlSize(critical)})`);
}

const physical = z
  .strictObject({ ...limits, basis: z.enum(["available", "free"]).default("available") })
  .superRefine(checkLimits);

const allocated = z
  .strictObject({ ...limits, enforce: z.enum(["strict", "always", "never"]).default("strict") })
  .superRefine(checkLimits);

const actions = (words: ActionWords) => {
  const list = (...fallback: ActionSpec[]) => z.array(actionSpec(words)).default(fallback);
  return z.strictObject({
    info_phy: list(),
    warning_phy: list({ kind: "debug-dump" }, { kind: "evidence" }),
    crit_phy: list({ kind: "crash-dump" }),
    info_alloc: list(),
    warning_alloc: list({ kind: "debug-dump" }, { kind: "evidence" }),
    crit_alloc: list(),
  });
};

const ownRule = (words: ActionWords) =>
  z
    .strictObject({
      // A callback of this name can be exported, so it is an identifier.
      name: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, "must be a word of at most 40 letters, digits and _")
        .refine((name) => !inheritedNames.some((known) => known === name), {
          error: "is one of the six inherited rules; write its list under [actions]",
        }),
      kind: z.enum(memoryKinds),
      percent: percent.optional(),
      free: size.optional(),
      within: durationText({ minMs: 60_000, maxMs: 4 * 3_600_000 }).optional(),
      confirm: whole(1, 100).default(1),
      actions: z.array(actionSpec(words)).min(1, "needs at least one action"),
      cooldown: durationText().optional(),
    })
    .refine(({ percent, free, within }) => [percent, free, within].some((one) => one !== undefined), {
      error: 'needs a limit: percent = 80, or free = "4GiB", or both; or a forecast: within = "30m"',
      path: ["percent"],
    })
    .refine(({ percent, free, within }) => within === undefined || (percent ?? free) === undefined, {
      error: "is about what is to come and stands without percent and free; write two rules",
      path: ["within"],
    })
    .refine(
      ({ within, actions }) => within === undefined || !actions.some((one) => words[one.kind]?.sendsSignal),
      {
        error:
          "must not hold an action that ends NSO in a rule with within: a forecast may be wrong; leave that to crit_phy",
        path: ["actions"],
      },
    );

const rules = (words: ActionWords) =>
  z
    .array(ownRule(words))
    .max(50, "has at most 50 tables")
    .superRefine((list, context) => {
      for (const [index, { name }] of list.entries())
        if (list.findIndex((other) => other.name === name) < index)
          context.issues.push({
            code: "custom",
            path: [index, "name"],
            message: "is the name of an earlier rule",
            input: name,
          });
    });

const debugDump = z.strictObject({
  count: whole(1, 20).default(3),
  interval: duration("1s"),
  timeout: duration("120s", { minMs: 100 }),
  cooldown: duration("10m"),
  /** Leaves debug dumps to the memory-management of NSO 6.7 where ncs.conf switches it on. */
  defer_to_nso: z.boolean().default(false),
});

const evidence = z.strictObject({
  timeout: duration("60s", { minMs: 100 }),
  cooldown: duration("10m"),
  /** A JVM that has no socket for diagnostic commands yet opens one on SIGQUIT: only where it has a handler for that. */
  attach: z.enum(["if-caught", "never"]).default("if-caught"),
});

const crashDump = z.strictObject({
  confirm: z.boolean().default(true),
  cooldown: duration("10m"),
  timeout: duration("10m", { minMs: 100 }),
  /** After the signal: end the JavaVM and Python VMs while memory is still critical, so that the dump has room. */
  shed: z.enum(["if-critical", "never"]).default("if-critical"),
  /** "require": only while NSO is what the kernel would kill. "warn": say so when it is not. */
  victim: z.enum(["warn", "require"]).default("warn"),
  /** Where no dump can come of it, SIGUSR1 would end NSO for nothing: by default it is left alone. */
  without_dump: z.enum(["skip", "signal"]).default("skip"),
  /** SIGKILL for a core that has not ended after `timeout`. */
  kill: z.enum(["never", "after-timeout"]).default("never"),
});

/** Of the user's own actions: how long each may take before its process group is killed. */
const callbacks = z.strictObject({
  file: absolutePath.optional(),
  timeout: duration("60s", { minMs: 100, maxMs: 86_400_000 }),
});

const run = z.strictObject({
  timeout: duration("60s", { minMs: 100, maxMs: 86_400_000 }),
});

const nso = z.strictObject({
  pid: whole(1, 2 ** 22).optional(),
  conffile: z.string().optional(),
  user: z.union([z.string().min(1), whole(0, 2 ** 32 - 2)], "must be a user's name or number").optional(),
  run_dir: absolutePath.optional(),
  crash_dump: absolutePath.optional(),
  command: absolutePath.optional(),
});

const history = z.strictObject({
  keep: duration("14d", { minMs: 60_000, maxMs: 3650 * 86_400_000 }),
  size_max: size.prefault("512MiB"),
});

/** What is kept of incidents. The newest keeps everything. */
const incidents = z.strictObject({
  count_max: whole(1, 100_000).default(200),
  /** Debug dumps of all incidents together, and copies of crash dumps. */
  dumps_max: whole(1, 100_000).default(100),
  size_max: size.prefault("16GiB"),
  /** What debug dumps leave free, beside the room that NSO's crash dump may need on the same file system. */
  free_min: size.prefault("100MiB"),
});

const log = z.strictObject({
  /** Of agent.log, action.log and what a foreground agent prints where that is no terminal. */
  format: z.enum(logFormats).default("text"),
  /** For hosts without a journal: what the agent says goes to /dev/log too. */
  syslog: z.boolean().default(false),
});

const tool = z
  .strictObject({
    interval_max: duration("1s", { minMs: 20, maxMs: 60_000 }),
    interval_min: duration("20ms", { minMs: 5, maxMs: 60_000 }),
  })
  .refine((section) => section.interval_min <= section.interval_max, {
    error: "must be at most interval_max",
    path: ["interval_min"],
  });

/** Every section by name, with the action kinds that `words` names. */
const sectionsFor = (words: ActionWords) => ({
  physical,
  allocated,
  actions: actions(words),
  debug_dump: debugDump,
  evidence,
  crash_dump: crashDump,
  callbacks,
  run,
  nso,
  tool,
  history,
  incidents,
  log,
});

/** The whole document. */
export function schemaFor(words: ActionWords) {
  const sections = sectionsFor(words);
  return z.strictObject({
    physical: sections.physical.prefault({}),
    allocated: sections.allocated.prefault({}),
    actions: sections.actions.prefault({}),
    debug_dump: sections.debug_dump.prefault({}),
    evidence: sections.evidence.prefault({}),
    crash_dump: sections.crash_dump.prefault({}),
    callbacks: sections.callbacks.prefault({}),
    run: sections.run.prefault({}),
    nso: sections.nso.prefault({}),
    tool: sections.tool.prefault({}),
    history: sections.history.prefault({}),
    incidents: sections.incidents.prefault({}),
    log: sections.log.prefault({}),
    rule: rules(words).default([]),
  });
}

/** The keys of every section, in the order of the schema; `rule` is a list of tables beside them. */
export function sectionKeys(): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(sectionsFor({})).map(([name, { shape }]) => [name, Object.keys(shape)]),
  );
}

/** The keys of a `[[rule]]` table. */
export function ruleKeys(): readonly string[] {
  return Object.keys(ownRule({}).shape);
}
