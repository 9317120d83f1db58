import { expect, test } from "bun:test";
import { hostClock } from "../../../src/linux/host-clock.ts";
import { rehearse } from "../../../src/rescue/crash-dump/rehearsal.ts";

test("a rehearsal goes the whole way: to the disk, past the signal, to a verdict", async () => {
  let syncs = 0;
  const outcome = await rehearse({ ...hostClock, sync: async () => void syncs++ });
  expect(syncs).toBeGreaterThan(0);
  expect(outcome?.message).toContain("without a crash dump");
});

test("a rehearsal ends where the disk refuses, and where it does not answer", async () => {
  const refused = await rehearse({ ...hostClock, sync: () => Promise.reject(new Error("ENOSPC")) });
  const silent = await rehearse({ ...hostClock, sync: () => new Promise(() => {}) });
  for (const outcome of [refused, silent]) expect(outcome?.message).toContain("without a crash dump");
});
