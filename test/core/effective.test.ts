import { describe, expect, test } from "bun:test";
import { defaultConfig, parseConfig } from "../../src/core/config.ts";
import { effectiveKeys } from "../../src/core/effective.ts";
import { actionKinds } from "../../src/rescue/action-kinds.ts";

/** The key as `config show` has it: value and origin. */
function shown(document: Record<string, unknown>, name: string, flags: Record<string, unknown> = {}) {
  const parsed = parseConfig(document, actionKinds);
  if (!("config" in parsed)) throw new Error(JSON.stringify(parsed.issues));
  const found = effectiveKeys(parsed.config, document, flags).find(
    ({ section, key }) => `${section}.${key}` === name,
  );
  return found && [found.text, found.origin];
}

describe("an effective value", () => {
  test("of the file is shown as it was written", () => {
    expect(shown({ debug_dump: { interval: "90s" } }, "debug_dump.interval")).toEqual(['"90s"', "file"]);
  });
  test("of the defaults is shown as it could be written", () => {
    expect(shown({}, "debug_dump.cooldown")).toEqual(['"10m"', "default"]);
    expect(shown({}, "history.size_max")).toEqual(['"512MiB"', "default"]);
    expect(shown({}, "actions.crit_phy")).toEqual(['["crash-dump"]', "default"]);
  });
  test("of a flag stands above the file's", () => {
    expect(shown({ nso: { pid: 7 } }, "nso.pid", { "nso.pid": 8 })).toEqual(["8", "flag"]);
  });
  test("that is not set says so", () => {
    expect(shown({}, "callbacks.file")).toEqual([undefined, "default"]);
  });
});

test("what is shown of the defaults is accepted and changes nothing", () => {
  const document: Record<string, Record<string, unknown>> = {};
  for (const { section, key, text } of effectiveKeys(defaultConfig(), {}, {})) {
    if (text === undefined) continue;
    document[section] ??= {};
    document[section][key] = JSON.parse(text);
  }
  expect(parseConfig(document, actionKinds)).toEqual({ config: defaultConfig() });
});
