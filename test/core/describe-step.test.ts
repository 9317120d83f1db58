import { expect, test } from "bun:test";
import { describeStep } from "../../src/core/describe-step.ts";
import { parseStep } from "../../src/core/incident-step.ts";

const sentence = (step: string, facts: Record<string, unknown> = {}) => {
  const read = parseStep(JSON.stringify({ at: "2026-11-23T12:00:00.000+00:00", step, ...facts }));
  return read && describeStep(read);
};

test("a known step is a sentence with its facts", () => {
  const reading = { usedKib: 2048, limitKib: 4096, ceiling: "cgroup:/nso" };
  expect(sentence("critical", { reading, rule: "crit_phy" })).toBe(
    "memory is critical: 2.0 MiB of 4.0 MiB on cgroup:/nso (rule crit_phy)",
  );
  expect(sentence("shed", { family: [{ name: "bgworker", pid: 7, ended: true }] })).toBe(
    "ended to make room: bgworker (PID 7)",
  );
});

test("a shield that changed nothing is told as that", () => {
  const change = { pid: 7, startTicks: 1, from: 0, to: -999 };
  expect(sentence("shielded", { changes: [change] })).toBe("1 OOM scores were changed in favour of the core");
  expect(sentence("shielded", { changes: [] })).toBe("no OOM score was changed in favour of the core");
});

test("a message speaks for itself", () => {
  expect(sentence("verdict", { message: "crash dump complete" })).toBe("crash dump complete");
});

test("an unknown step, and a known one without its facts, are still told", () => {
  expect(sentence("page-me", { exit: 3, output: ["x"] })).toBe("page-me: exit 3");
  expect(sentence("critical")).toBe("memory is critical: no reading (rule ?)");
  expect(sentence("shed", { family: "x" })).toBe("ended to make room: ?");
});

test("of what a dump says the two most telling sentences stand in the step", () => {
  const words = ["1 GiB in use.", "One process has 90 %.", "A third."];
  expect(sentence("dump-read", { part: "whole", words })).toBe(
    "the dump says: 1 GiB in use. One process has 90 %.",
  );
  expect(sentence("dump-read", { part: "ledger", words: words.slice(0, 1) })).toBe(
    "the figures of the dump, which is still being written, say: 1 GiB in use.",
  );
  expect(sentence("dump-read", { part: "whole", words: [] })).toBe("the dump was read");
  expect(sentence("dump-unread", { part: "whole", reason: "it is empty" })).toBe(
    "the dump could not be read: it is empty",
  );
});
