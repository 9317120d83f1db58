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

test("a message speaks for itself", () => {
  expect(sentence("verdict", { message: "crash dump complete" })).toBe("crash dump complete");
});

test("an unknown step, and a known one without its facts, are still told", () => {
  expect(sentence("page-me", { exit: 3, output: ["x"] })).toBe("page-me: exit 3");
  expect(sentence("critical")).toBe("memory is critical: no reading (rule ?)");
  expect(sentence("shed", { family: "x" })).toBe("ended to make room: ?");
});
