import { afterEach, beforeEach, expect, test } from "bun:test";
import { watchOwnCgroup } from "../../src/linux/cgroup-end.ts";
import { until } from "../lab/part.ts";
import { type MadeUpProc, makeProc } from "../tool/plot/made-up-proc.ts";

let made: MadeUpProc;
beforeEach(() => {
  made = makeProc();
  made.writeCgroup("s/nso/memory.max", "max\n");
  made.writeCgroup("s/memory.max", "max\n");
});
afterEach(() => made.remove());

const inCgroup = (cgroup: string) =>
  made.setProcess({ pid: 7, argv: ["/opt/ncs/ncs.smp"], startTicks: 5000, cgroup });
const say = (populated: 0 | 1) =>
  made.writeCgroup("s/nso/cgroup.events", `populated ${populated}\nfrozen 0\n`);
const watched = () => {
  const seen = { changes: 0 };
  const roots = { procDir: made.proc, cgroupDir: made.cgroup };
  return { seen, end: watchOwnCgroup(roots, 7, () => void seen.changes++) };
};

test("that a core's own cgroup has become empty is told, until that is ended", async () => {
  inCgroup("0::/s/nso\n");
  say(1);
  const { seen, end } = watched();
  say(0);
  await until("the change to be told", () => Promise.resolve(seen.changes > 0), 5000);
  end();
  const { changes } = seen;
  say(1);
  await Bun.sleep(50);
  expect(seen.changes).toBe(changes);
});

test("where there is no such file nothing is told, and nothing fails", () => {
  inCgroup("0::/s/nso\n");
  watched().end();
  inCgroup("0::/../elsewhere\n");
  watched().end();
  inCgroup("7:memory:/s/nso\n");
  const { seen, end } = watched();
  end();
  expect(seen.changes).toBe(0);
});
