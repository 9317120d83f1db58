import { describe, expect, test } from "bun:test";
import { type ActionSpec, pathOf, wordOf } from "../../src/core/action.ts";
import { askableKinds } from "../../src/core/action-facts.ts";
import { cooldownKey } from "../../src/core/action-kind.ts";
import { defaultConfig, parseConfig } from "../../src/core/config.ts";
import { actionKinds } from "../../src/rescue/action-kinds.ts";

/** What the configuration makes of one word, or its complaint. */
function parsed(word: string): ActionSpec | string {
  const result = parseConfig({ actions: { info_phy: [word] } }, actionKinds);
  if ("issues" in result) return result.issues.map(({ message }) => message).join("\n");
  const [spec] = result.config.actions.info_phy;
  if (!spec) throw new Error("no action");
  return spec;
}

describe("every kind of the table", () => {
  test.each(Object.entries(actionKinds))("%s has a word that is parsed and written back", (kind, facts) => {
    const word = facts.takesPath ? `${kind}:/x:y` : kind;
    const spec = parsed(word);
    if (typeof spec === "string") throw new Error(spec);
    expect(spec.kind as string).toBe(kind);
    expect(pathOf(spec)).toBe(facts.takesPath ? "/x:y" : undefined);
    expect(wordOf(spec)).toBe(word);
  });

  test.each(Object.entries(actionKinds))("%s needs a core if it signals one", (_, facts) => {
    if (facts.sendsSignal) expect(facts).toMatchObject({ needsCore: true, irreversible: true });
    expect(facts.cooldownMs(defaultConfig())).toBeGreaterThanOrEqual(0);
  });

  test("that a callback can ask for takes no path", () => {
    for (const kind of askableKinds) expect(actionKinds[kind].takesPath).toBe(false);
  });
});

describe("a word that is no action", () => {
  test("is answered with the nearest kind, or with all of them", () => {
    expect(parsed("debug-dmp")).toContain('it is not an action; did you mean "debug-dump"?');
    const all = parsed("page");
    for (const kind of Object.keys(actionKinds)) expect(all).toContain(kind);
    expect(all).toContain("run:/PATH");
  });

  test("has a path where none belongs, or none where one does", () => {
    expect(parsed("crash-dump:/x")).toContain("it is not an action");
    expect(parsed("run")).toContain("it is not an action");
    expect(parsed("run:")).toContain("it needs an absolute path: run:/PATH");
    expect(parsed("constructor:/x")).toContain("it is not an action");
  });
});

test("a dump has one cool-down for a memory kind, an executable one for its rule", () => {
  const of = (spec: ActionSpec) => cooldownKey({ do: spec, kind: "physical", rule: "page" }, actionKinds);
  expect(of({ kind: "crash-dump" })).toBe("physical/crash-dump");
  expect(of({ kind: "debug-dump" })).toBe("physical/debug-dump");
  expect(of({ kind: "run", path: "/x" })).toBe("page/run:/x");
  expect(of({ kind: "callback" })).toBe("page/callback");
});
