import { expect, test } from "bun:test";
import { createUnknowns } from "../../src/agent/unknowns.ts";
import type { Unknown } from "../../src/linux/meter.ts";

function unknownsOf(answers: (Unknown | Error)[]) {
  const said: string[] = [];
  let nowMs = 0;
  let looks = 0;
  const unknowns = createUnknowns(
    {
      unknown() {
        const answer = answers[Math.min(looks++, answers.length - 1)];
        if (answer instanceof Error || !answer) throw answer;
        return answer;
      },
    },
    { journal: { say: (text) => said.push(text) }, monotonicMs: () => nowMs },
  );
  const look = (core: number | undefined, atMs: number) => {
    nowMs = atMs;
    return unknowns.look(core);
  };
  return { said, look, looks: () => looks };
}

test("what cannot be measured is looked for now and then, and at once for another core", () => {
  const { look, looks } = unknownsOf([{}]);
  look(7, 0);
  look(7, 4999);
  expect(looks()).toBe(1);
  look(7, 5000);
  look(8, 5001);
  expect(looks()).toBe(3);
});

test("each is said once, and again when it is another", () => {
  const { look, said } = unknownsOf([
    { allocated: "no CommitLimit", cgroup: "cannot see /../a" },
    { allocated: "no CommitLimit", cgroup: "cannot see /../b" },
    new Error("no meminfo"),
  ]);
  look(7, 0);
  look(7, 5000);
  const physical = "no meminfo";
  expect(look(7, 10_000)).toEqual({ allocated: "no CommitLimit", cgroup: "cannot see /../b", physical });
  look(7, 15_000);
  expect(said).toEqual([
    "committed memory is not judged: no CommitLimit",
    "cannot see /../a: NSO is measured against the host's memory alone",
    "cannot see /../b: NSO is measured against the host's memory alone",
  ]);
});
