/** The effective configuration as TOML lines, each with where its value came from. */

import { type ActionSpec, wordOf } from "./action.ts";
import type { Config } from "./config.ts";
import { sectionKeys } from "./config-sections.ts";
import { shownJson } from "./shown.ts";
import { tomlDuration, tomlSize } from "./units.ts";

export type Origin = "default" | "file" | "flag" | "callbacks";

export interface EffectiveKey {
  section: string;
  key: string;
  /** As TOML would have it; undefined for an optional key that is not set. */
  text: string | undefined;
  origin: Origin;
}

/** What a flag of the command line sets, by `section.key`. */
export type FlagValues = Readonly<Record<string, unknown>>;

/** Every key of every section, in the order of the schema, then the tables of `[[rule]]`. */
export function effectiveKeys(
  config: Config,
  document: Readonly<Record<string, unknown>>,
  flags: FlagValues,
): EffectiveKey[] {
  return Object.entries(sectionKeys()).flatMap(([section, keys]) => {
    const values = config[section as keyof Config] as Record<string, unknown>;
    const written = (document[section] ?? {}) as Record<string, unknown>;
    return keys.map((key): EffectiveKey => {
      const flag = flags[`${section}.${key}`];
      if (flag !== undefined) return { section, key, text: tomlValue(flag), origin: "flag" };
      if (key in written) return { section, key, text: tomlValue(written[key]), origin: "file" };
      const value = section === "actions" ? (values[key] as ActionSpec[]).map(wordOf) : values[key];
      const isTakenOver = section === "actions" && tomlValue(value) === '["callback"]';
      const origin =
        isTakenOver || (section === "callbacks" && key === "file" && value !== undefined)
          ? "callbacks"
          : "default";
      return { section, key, text: effectiveText(key, value), origin };
    });
  });
}

/** Numbers that the schema made of texts are shown as such texts again. */
function effectiveText(key: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number") return tomlValue(value);
  if (sizeKeys.test(key)) return tomlValue(tomlSize(value));
  return durationKeys.test(key) ? tomlValue(tomlDuration(value)) : tomlValue(value);
}

const sizeKeys = /^(size_max|free_min)$/;
const durationKeys = /^(interval|interval_min|interval_max|timeout|cooldown|recovery_time|keep|within)$/;

export function tomlValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(", ")}]`;
  return typeof value === "string" ? shownJson(value) : String(value);
}
