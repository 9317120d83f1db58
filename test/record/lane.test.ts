import { expect, test } from "bun:test";
import type { FileWork } from "../../src/linux/file-work.ts";
import { createDrain, createLane, createLanes } from "../../src/record/lane.ts";

/** Work that waits for `answer`. */
function* waitFor(answer: Promise<unknown>): FileWork<void> {
  yield { now: () => undefined, later: () => answer };
}

test("what is asked for in one lane is done in its order, one after the other", async () => {
  const lane = createLane();
  const done: string[] = [];
  const first = Promise.withResolvers<void>();
  const all = [
    lane.do(() => waitFor(first.promise)).then(() => done.push("first")),
    lane.do(() => waitFor(Promise.resolve())).then(() => done.push("second")),
  ];
  await Bun.sleep(5);
  expect(done).toEqual([]);
  expect(lane.hangingMs()).toBeGreaterThan(0);
  first.resolve();
  await Promise.all(all);
  expect(done).toEqual(["first", "second"]);
  expect(lane.hangingMs()).toBe(0);
});

test("a place that does not answer holds up no other, and is named: not one that takes a moment", async () => {
  const lanes = createLanes();
  void lanes.of("/var/log").do(() => waitFor(new Promise(() => {})));
  await lanes.of("/run").do(() => waitFor(Promise.resolve()));
  expect(lanes.waiting()).toEqual([]);
  await Bun.sleep(300);
  expect(lanes.waiting()).toEqual(["/var/log"]);
});

test("work that failed stops none that comes behind it", async () => {
  const lane = createLane();
  const failed = lane.do(() => waitFor(Promise.reject(new Error("EIO"))));
  const after = lane.do(() => waitFor(Promise.resolve()));
  await expect(failed).rejects.toThrow("EIO");
  await after;
});

test("a drain is done once for many wakes, and once more for one that comes meanwhile", async () => {
  let runs = 0;
  const gate = Promise.withResolvers<void>();
  const drain = createDrain(createLane(), function* () {
    runs++;
    yield* waitFor(gate.promise);
  });
  for (let count = 0; count < 5; count++) drain.wake();
  await Bun.sleep(1);
  drain.wake();
  gate.resolve();
  expect(await drain.settle(5000)).toBe(true);
  expect(runs).toBe(2);
});

test("a drain that failed says why, and tries again by itself", async () => {
  let runs = 0;
  const drain = createDrain(createLane(), function* () {
    yield* waitFor(Promise.resolve());
    if (runs++ === 0) throw new Error("ENOSPC");
  });
  drain.wake();
  while (drain.trouble() === undefined) await Bun.sleep(1);
  expect(drain.trouble()).toContain("ENOSPC");
  while (drain.trouble() !== undefined) await Bun.sleep(10);
  expect(await drain.settle(5000)).toBe(true);
  expect(runs).toBe(2);
});

test("a drain that gathers is done once for what comes within that time, and at once where it is settled", async () => {
  let runs = 0;
  const drain = createDrain(
    createLane(),
    function* () {
      runs++;
      yield* waitFor(Promise.resolve());
    },
    { gatherMs: 20 },
  );
  drain.wake();
  await Bun.sleep(5);
  drain.wake();
  expect(runs).toBe(0);
  while (runs === 0) await Bun.sleep(5);
  await Bun.sleep(30);
  expect(runs).toBe(1);
  drain.wake();
  expect(await drain.settle(5000)).toBe(true);
  expect(runs).toBe(2);
});
