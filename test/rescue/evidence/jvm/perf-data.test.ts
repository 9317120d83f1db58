import { describe, expect, test } from "bun:test";
import { heapHeadline, heapText, heapUseOf } from "../../../../src/rescue/evidence/jvm/heap-use.ts";
import { type PerfCounters, parsePerfData } from "../../../../src/rescue/evidence/jvm/perf-data.ts";
import { seeded } from "../made-up-memory.ts";

/** The file as HotSpot lays it out, of a little-endian machine. */
function perfData(entries: Record<string, number | string>): Buffer {
  const pieces = Object.entries(entries).map(([name, value]) => {
    const valueAt = Math.ceil((20 + name.length + 1) / 8) * 8;
    const isText = typeof value === "string";
    const piece = Buffer.alloc(valueAt + Math.ceil((isText ? value.length + 1 : 8) / 8) * 8);
    piece.writeInt32LE(piece.length, 0);
    piece.writeInt32LE(20, 4);
    piece.writeInt32LE(isText ? value.length + 1 : 0, 8);
    piece[12] = isText ? 0x42 : 0x4a;
    piece.writeInt32LE(valueAt, 16);
    piece.write(name, 20, "latin1");
    if (isText) piece.write(value, valueAt, "latin1");
    else piece.writeBigInt64LE(BigInt(value), valueAt);
    return piece;
  });
  const head = Buffer.alloc(32);
  head.writeUInt32BE(0xcafec0c0, 0);
  head[4] = 1;
  head.writeInt32LE(32, 24);
  head.writeInt32LE(pieces.length, 28);
  return Buffer.concat([head, ...pieces]);
}

const g1 = {
  "sun.gc.policy.name": "GarbageFirst",
  "sun.gc.generation.0.maxCapacity": 4 * 2 ** 30 + 24,
  "sun.gc.generation.1.maxCapacity": 4 * 2 ** 30,
  "sun.gc.generation.0.space.0.name": "eden",
  "sun.gc.generation.0.space.0.used": 2 ** 30,
  "sun.gc.generation.0.space.0.capacity": 2 ** 30,
  "sun.gc.generation.1.space.0.name": "space",
  "sun.gc.generation.1.space.0.used": 2.5 * 2 ** 30,
  "sun.gc.generation.1.space.0.capacity": 3 * 2 ** 30,
  "sun.gc.collector.0.name": "G1 young collection pauses",
  "sun.gc.collector.0.invocations": 12,
  "sun.gc.collector.0.time": 345_000_000,
  "sun.os.hrt.frequency": 1_000_000_000,
  "java.threads.live": 45,
};

describe("the counters of a JVM", () => {
  test("are read by name", () => {
    const counters = parsePerfData(
      perfData({ "java.threads.live": 45, "sun.gc.lastCause": "Allocation Failure" }),
    );
    expect([...(counters ?? [])]).toEqual([
      ["java.threads.live", 45],
      ["sun.gc.lastCause", "Allocation Failure"],
    ]);
  });

  test("make a sentence of the heap: with G1 each generation has all of it", () => {
    const use = heapUseOf(parsePerfData(perfData(g1)) as PerfCounters);
    expect(use && heapHeadline(use)).toBe("JVM heap 3.5 GiB of 4.0 GiB");
    expect(use && heapText(use)).toContain("G1 young collection pauses: 12 in 345 ms");
  });

  test("with Serial and Parallel each generation has its own part", () => {
    const use = heapUseOf(
      parsePerfData(perfData({ ...g1, "sun.gc.policy.name": "Copy:MSC" })) as PerfCounters,
    );
    expect(use && heapHeadline(use)).toBe("JVM heap 3.5 GiB of 8.0 GiB");
  });

  test("without a heap are none", () => {
    expect(heapUseOf(new Map([["java.threads.live", 1]]))).toBeUndefined();
  });
});

describe("a file of its user's making", () => {
  test("that begins otherwise holds no counters", () => {
    expect(parsePerfData(Buffer.alloc(0))).toBeUndefined();
    expect(parsePerfData(Buffer.alloc(100))).toBeUndefined();
  });

  test("ends where an entry leads out of it, or back", () => {
    const cut = perfData({ "java.threads.live": 45, "sun.gc.lastCause": "x" });
    expect(parsePerfData(cut.subarray(0, 90))?.size).toBeLessThan(2);
    const looping = perfData({ "java.threads.live": 45 });
    looping.writeInt32LE(0, 32);
    looping.writeInt32LE(2 ** 30, 28);
    expect(parsePerfData(looping)?.size).toBe(0);
    const negative = perfData({ "java.threads.live": 45 });
    negative.writeInt32LE(-5000, 24);
    expect(parsePerfData(negative)?.size).toBe(0);
  });

  test("never throws, whatever is in it, and what is shown obeys nobody", () => {
    const random = seeded(3);
    for (let round = 0; round < 500; round++) {
      const data = perfData({ ...g1, "sun.gc.lastCause": "a\u001b[31m" });
      for (let flips = 0; flips < 10; flips++)
        data[4 + Math.floor(random() * (data.length - 4))] = Math.floor(random() * 256);
      const counters = parsePerfData(data);
      const use = counters && heapUseOf(counters);
      if (use) expect(heapText(use)).not.toContain("\u001b");
    }
  });
});
