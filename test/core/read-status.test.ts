import { describe, expect, test } from "bun:test";
import { readStatusDocument } from "../../src/core/read-status.ts";

const document = {
  schema: 1,
  running: true,
  pid: 1,
  since: "2026-11-23T12:00:00.000+00:00",
  updated: "2026-11-23T12:00:00.000+00:00",
  version: "1",
  overcommit_mode: 0,
  dry_run: false,
  nso: null,
  memory: {},
  processes: [],
  tool: { state: "stopped", pid: null, restarts: 0, malformed_lines: 0, source: "tool" },
  configuration: { file: null, loaded: "x", last_reload: null },
  actions: [],
  problems: [],
};

describe("a status document that is read back", () => {
  test("is what was written", () => expect<unknown>(readStatusDocument(document)).toEqual(document));

  test("of a version that wrote less is taken, of one that wrote more without that", () => {
    const optional = { crash_dump: null, unknown: { allocated: "no CommitLimit" } };
    const more = { ...document, ...optional, new_key: "\x1b[2J" };
    expect<unknown>(readStatusDocument(more)).toEqual({ ...document, ...optional });
  });

  test("has the counts of actions that are counts, of a bounded number of kinds", () => {
    const kinds = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`kind-${index}`, { done: 1 }]),
    );
    const read = (action_counts: unknown) =>
      readStatusDocument({ ...document, action_counts })?.action_counts;
    expect(read({ "debug-dump": { done: 2, running: 1, odd: 3, failed: "x" }, run: 4 })).toEqual({
      "debug-dump": { done: 2, running: 1 },
    });
    expect(Object.keys(read(kinds) ?? {})).toHaveLength(20);
    expect(read([])).toBeUndefined();
  });

  test.each(Object.keys(document))("without %s is none", (key) => {
    const { [key as keyof typeof document]: _, ...rest } = document;
    expect(readStatusDocument(rest)).toBeUndefined();
    expect(readStatusDocument({ ...document, [key]: undefined })).toBeUndefined();
    if (key !== "nso") expect(readStatusDocument({ ...document, [key]: null })).toBeUndefined();
  });

  test.each([[null], [[]], ["x"], [1], [{}], [{ schema: 1 }], [{ ...document, schema: 2 }]])(
    "that is %j is none",
    (value) => expect(readStatusDocument(value)).toBeUndefined(),
  );

  test("has no escape codes in any of its texts", () => {
    const hostile = { ...document, version: "\x1b]0;PWNED\x07", problems: ["\x9b2J"] };
    expect(readStatusDocument(hostile)).toMatchObject({
      version: "\\x1b]0;PWNED\\x07",
      problems: ["\\x9b2J"],
    });
  });
});
