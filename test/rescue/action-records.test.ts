import { expect, test } from "bun:test";
import { createActionRecords } from "../../src/rescue/action-records.ts";

const action = (kind: "debug-dump" | "crash-dump") =>
  ({ do: { kind }, kind: "physical", level: "warning", rule: "warning_phy", episodeId: null }) as const;

test("counts go on over what is not kept any more, and a running one is counted until it ends", () => {
  const records = createActionRecords(() => 0);
  const crashDump = records.begin(action("crash-dump"));
  for (let index = 0; index < 120; index++)
    records.begin(action("debug-dump")).outcome = index % 3 === 0 ? "failed" : "done";
  expect(records.all()).toHaveLength(50);
  const debugDumps = { done: 80, failed: 40 };
  expect(records.counts()).toEqual({ "debug-dump": debugDumps, "crash-dump": { running: 1 } });
  crashDump.outcome = "partial";
  expect(records.counts()).toEqual({ "debug-dump": debugDumps, "crash-dump": { partial: 1 } });
});

test("all executables are counted together, so that a name of a file is no name of a count", () => {
  const records = createActionRecords(() => 0);
  for (const path of ["/a", "/b:c"])
    records.begin({ ...action("debug-dump"), do: { kind: "run", path } }).outcome = "done";
  expect(records.counts()).toEqual({ run: { done: 2 } });
});

test("a draft is counted once it is kept", () => {
  const records = createActionRecords(() => 0);
  const draft = records.draft(action("crash-dump"));
  expect(records.counts()).toEqual({});
  records.keep(draft);
  records.keep(draft);
  expect(records.counts()).toEqual({ "crash-dump": { running: 1 } });
});
