import { expect, test } from "bun:test";
import { join } from "node:path";
import { openHistory } from "../../src/record/history.ts";
import { readRecordedReadings } from "../../src/record/replay-input.ts";
import { clockOf } from "../fake-clock.ts";
import { meta } from "../report/sample.ts";
import { inDirectory, startMs, tick } from "./sample-ticks.ts";

test("a history is replayed as it was judged: without the huge pages that its run began with", () =>
  inDirectory((dir) => {
    const path = join(dir, "history.db");
    const hugePagesKib = 20_000_000;
    const history = openHistory({
      path,
      meta: { ...meta, hugePagesKib },
      retention: { ageMs: 1e12, bytesMax: 1e9 },
      onProblem: () => {},
      clock: clockOf(() => startMs),
    });
    const recorded = tick(startMs + 7, []);
    history.recordTick(recorded);
    history.close();
    const { steps } = readRecordedReadings(path);
    const physical = steps.flatMap((step) =>
      step.step === "reading" && step.reading.kind === "physical" ? [step.reading] : [],
    );
    expect(physical).toHaveLength(1);
    expect(physical[0]?.limitKib).toBe(recorded.host.memTotalKib - hugePagesKib);
    expect(physical[0]?.usedKib).toBe(Math.max(0, recorded.host.memUsedKib - hugePagesKib));
  }));
