import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { parseMemoryAreas } from "../../src/core/memory-areas.ts";
import { openProcessMemory, type ProcessMemory } from "../../src/linux/process-memory.ts";
import { identify, type ProcessIdentity } from "../../src/linux/procfs.ts";

const soon = () => performance.now() + 10_000;
/** Where the C library begins in this process. */
const library =
  parseMemoryAreas(readFileSync("/proc/self/maps", "utf8")).find(
    ({ path, offset }) => offset === 0 && /\/libc[.-]/.test(path),
  )?.from ?? 0;
const own = identify("/proc", process.pid) as ProcessIdentity;

function opened(bounds: { untilMs: number; readsMax?: number }): ProcessMemory {
  const memory = openProcessMemory("/proc", own, bounds);
  if ("refusal" in memory) throw new Error(memory.refusal);
  return memory;
}

describe("the memory of a process", () => {
  test("is what stands in it", () => {
    const memory = opened({ untilMs: soon() });
    const head = Buffer.alloc(4);
    expect(memory.read(library, head)).toBe(true);
    expect(head.toString("latin1")).toBe("\x7fELF");
    expect(memory.isResident(library)).toBe(true);
    memory.close();
  });

  test("is not read where nothing is mapped, nor at an address that is none", () => {
    const memory = opened({ untilMs: soon() });
    const into = Buffer.alloc(8);
    for (const address of [0, -8, 4096, 2 ** 47, 2 ** 60, Number.NaN, Number.POSITIVE_INFINITY, 0.5])
      expect(memory.read(address, into)).toBe(false);
    expect(memory.isResident(4096)).toBe(false);
    memory.close();
  });

  test("is read no further than its bound of reads and of time", () => {
    const into = Buffer.alloc(8);
    const few = opened({ untilMs: soon(), readsMax: 2 });
    expect([1, 2, 3, 4].map(() => few.read(library, into))).toEqual([true, true, false, false]);
    few.close();
    const late = opened({ untilMs: performance.now() - 1 });
    const reads = [...Array(100).keys()].map(() => late.read(library, into));
    expect(reads.at(-1)).toBe(false);
    late.close();
  });

  test("is refused where the PID is another process's by now", () => {
    const other = { pid: process.pid, startTicks: own.startTicks + 1 };
    expect(openProcessMemory("/proc", other, { untilMs: soon() })).toEqual({
      refusal: `PID ${process.pid} has ended`,
    });
  });

  test("is refused with the reason of one that has ended", () => {
    expect(openProcessMemory("/proc", { pid: 2 ** 22 + 1, startTicks: 1 }, { untilMs: soon() })).toEqual({
      refusal: "it has ended",
    });
  });
});
