import { afterEach, beforeEach, expect, test } from "bun:test";
import { childOomScoreAdj, findOomDaemons } from "../../src/linux/oom-daemons.ts";
import { type MadeUpProc, makeProc } from "./made-up-proc.ts";

let proc: MadeUpProc;
beforeEach(() => {
  proc = makeProc();
});
afterEach(() => proc.close());

test("daemons that kill are found by the name of their process, with their arguments", () => {
  proc.put({ pid: 7, argv: ["/usr/bin/earlyoom", "-m", "4"] });
  proc.put({ pid: 8, argv: ["/usr/bin/vim", "earlyoom"] });
  expect(findOomDaemons(proc.dir)).toEqual([
    { name: "earlyoom", pid: 7, argv: ["/usr/bin/earlyoom", "-m", "4"] },
  ]);
});

test("a child of ours is the kernel's first choice, and an ordinary process beside one that goes by the same score", () => {
  const daemon = (name: "earlyoom" | "systemd-oomd") => ({ name, pid: 7, argv: [] });
  expect(childOomScoreAdj([], 800)).toBe(800);
  expect(childOomScoreAdj([daemon("systemd-oomd")], 800)).toBe(800);
  expect(childOomScoreAdj([daemon("earlyoom")], 800)).toBe(0);
});
