/** What is read from a dump is what `process_info/2`, `ets:info/2` and `erlang:memory/1` said right before it. */

import { afterAll, beforeAll, describe, expect } from "bun:test";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDump } from "../../src/dump/read-dump.ts";
import type { DumpSummary } from "../../src/dump/summary.ts";
import { type DumpedBeam, dumpBeam, dumpedBeamMissing } from "../lab/dumped-beam.ts";
import { testUnless } from "../lab/missing.ts";

const dir = mkdtempSync(join(tmpdir(), "nsomem-live-"));
let beam: DumpedBeam;
let summary: DumpSummary;

async function read(path: string, isLedgerOnly = false): Promise<DumpSummary> {
  const descriptor = openSync(path, "r");
  try {
    return await readDump(descriptor, { name: path, isLedgerOnly });
  } finally {
    closeSync(descriptor);
  }
}

beforeAll(async () => {
  if (dumpedBeamMissing) return;
  beam = await dumpBeam(join(dir, "whole.dump"), { mib: 20 });
  summary = await read(beam.dump);
}, 200_000);
afterAll(() => rmSync(dir, { recursive: true }));

const linesOf = (word: string) =>
  beam.live.filter((line) => line.startsWith(`${word} `)).map((line) => line.split(" ").slice(1));

describe("of a real BEAM", () => {
  testUnless(
    dumpedBeamMissing,
    "the top 15 processes have their live memory, queue, name and function",
    () => {
      const live = linesOf("process").map(([pid, memory, queue, name, call]) => ({
        pid,
        memory_bytes: Number(memory),
        queue: Number(queue),
        name: name === "-" ? null : name,
        in: call,
      }));
      expect(live).toHaveLength(15);
      const read = summary.processes.largest.map(({ pid, memory_bytes, queue, name, in: call }) => ({
        ...{ pid, memory_bytes, queue, name, in: call },
      }));
      expect(read).toEqual(live as typeof read);
    },
  );

  testUnless(
    dumpedBeamMissing,
    "binaries are what its processes refer to, and what slices keep alive",
    () => {
      const bytes = new Map(linesOf("binaries").map(([name, value]) => [name, Number(value)]));
      const holders = new Map(summary.binaries.largest.map((row) => [row.name, row]));
      for (const name of ["whole_keeper", "slicer"]) {
        const live = bytes.get(name) ?? 0;
        expect(Math.abs((holders.get(name)?.binaries_bytes ?? 0) - live)).toBeLessThan(live / 100);
      }
      expect(holders.get("whole_keeper")?.alone_bytes).toBe(20 * 2 ** 20);
      expect(holders.get("slicer")?.alone_bytes).toBe(0);
      expect(holders.get("slicer")?.slices_bytes).toBeGreaterThanOrEqual(16 * 2 ** 20);
    },
  );

  testUnless(dumpedBeamMissing, "the table, the count and the limit are equal, the total within 2 %", () => {
    const [[name, objects, bytes] = []] = linesOf("table");
    expect(summary.tables.largest[0]).toMatchObject({
      name,
      objects: Number(objects),
      bytes: Number(bytes),
      owner: { name: "table_keeper" },
    });
    const [[count, limit] = []] = linesOf("count");
    expect(summary.processes).toMatchObject({ count: Number(count), limit: Number(limit) });
    const total = Number(linesOf("total")[0]?.[0]);
    expect(Math.abs((summary.memory?.total_bytes ?? 0) - total)).toBeLessThan(total / 50);
  });

  testUnless(dumpedBeamMissing, "messages have their look, kinds their count, and no value is in it", () => {
    const [queue] = summary.processes.longest_queues;
    expect(queue).toMatchObject({ name: "event_sink", length: 20_000, looked_at: 32 });
    expect(queue?.shapes).toEqual([
      { shape: "{'$gen_cast',{log_event,integer(),term(),term()}}", count: 32 },
    ]);
    expect(summary.processes.kinds).toContainEqual(
      expect.objectContaining({ what: "lab_dump:worker/2", count: 200, queue: 0 }),
    );
    expect(JSON.stringify(summary)).not.toContain("secret value");
    expect(summary).toMatchObject({ ending: "complete", ledger_complete: true, slogan: "lab dump" });
  });

  testUnless(
    dumpedBeamMissing,
    "a dump that ERL_CRASH_DUMP_BYTES cuts has the same figures",
    async () => {
      const cut = await dumpBeam(join(dir, "cut.dump"), { mib: 20, bytesMax: 2_000_000 });
      const found = await read(cut.dump);
      expect(found).toMatchObject({
        ending: "aborted",
        ledger_complete: true,
        processes: { count: summary.processes.count },
      });
      expect(found.cut_in).toMatch(/^=proc_|^=heap|^=/);
      expect(found.processes.longest_queues[0]).toMatchObject({ name: "event_sink", length: 20_000 });
    },
    200_000,
  );
});
