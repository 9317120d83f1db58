import { expect, test } from "bun:test";
import { busyThreads, parseThreadTime, type ThreadTime } from "../../../src/rescue/evidence/thread-times.ts";

const stat = (tid: number, name: string, user: number, system: number) =>
  `${tid} (${name}) S 1 1 1 0 -1 4194304 0 0 0 0 ${user} ${system} 0 0 20 0 1 0 777 0 0`;

test("a thread has its name, whatever is in it, and its time", () => {
  expect(parseThreadTime(stat(7, "G1 Main) (x", 12, 3))).toEqual({
    tid: 7,
    name: "G1 Main) (x",
    startTicks: 777,
    cpuTicks: 15,
  });
  expect(parseThreadTime("")).toBeUndefined();
  expect(parseThreadTime("7 (half) S 1")).toBeUndefined();
});

test("the busiest is who took most between the looks; a new one counts from its beginning", () => {
  const thread = (tid: number, cpuTicks: number, startTicks = 1): ThreadTime => {
    return { tid, name: `t${tid}`, startTicks, cpuTicks };
  };
  const busy = busyThreads(
    [thread(1, 90_000), thread(2, 10), thread(3, 500, 1)],
    [thread(1, 90_001), thread(2, 60), thread(3, 20, 9)],
    1000,
  );
  expect(busy.map(({ name, percent }) => `${name} ${percent}`)).toEqual(["t2 50", "t3 20", "t1 1"]);
});
