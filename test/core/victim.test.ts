import { expect, test } from "bun:test";
import { judgeVictim } from "../../src/core/victim.ts";

const ranked = (pid: number, name: string, oomScore: number) => ({ pid, name, oomScore });
const own = new Set([1, 2]);

test("the highest score is whom the kernel takes: NSO's core or VM", () => {
  expect(judgeVictim([ranked(2, "java", 900), ranked(9, "postgres", 800)], own).isNso).toBe(true);
});

test("another process with a higher score is named, and NSO's own score with it", () => {
  expect(judgeVictim([ranked(9, "postgres", 900), ranked(1, "ncs.smp", 800)], own)).toEqual({
    isNso: false,
    sentence:
      "the kernel would kill postgres (PID 9, oom_score 900), which is not NSO; NSO's ncs.smp has 800",
  });
});

test("a score that NSO shares counts as NSO's: the kernel may take either", () => {
  expect(judgeVictim([ranked(9, "postgres", 800), ranked(1, "ncs.smp", 800)], own).isNso).toBe(true);
});

test("an empty ranking judges nothing", () => {
  expect(judgeVictim([], own).isNso).toBeUndefined();
});
