import { describe, expect, test } from "bun:test";
import type { Level } from "../../../src/core/level.ts";
import type { MemoryKind } from "../../../src/core/reading.ts";
import type { MadeUpMeminfo } from "./made-up-proc.ts";
import { startTool } from "./run.ts";
import { toolScene } from "./scene.ts";

const scene = toolScene();
const { env } = scene;

/** The first line of `kind`, without its time. */
async function firstLine(kind: MemoryKind, meminfo: MadeUpMeminfo, more?: Record<string, string>) {
  scene.made.setMeminfo(meminfo);
  const tool = startTool({ env: env(more) });
  await tool.ticks(1);
  await tool.end();
  const name = kind === "physical" ? "Physical Memory Usage" : "Committed_AS";
  return tool.lines.find((line) => line.includes(name))?.replace(/^\S+ /, "");
}

const physicalAt = (usedKib: number): MadeUpMeminfo => ({ total: 1_000_000, available: 1_000_000 - usedKib });

describe("a line", () => {
  test.each<[string, MemoryKind, MadeUpMeminfo, string]>([
    [
      "89.99 % is normal",
      "physical",
      physicalAt(899_999),
      "[MONITOR VERBOSE] [INFO] Physical Memory Usage 899999 KB/1000000 KB(89%) is within 90% of MemTotal",
    ],
    [
      "exactly 90 % is a warning, not critical",
      "physical",
      physicalAt(900_000),
      "[MONITOR] [WARNING] Physical Memory Usage 900000 KB/1000000 KB(90%) exceeded 90% of MemTotal",
    ],
    [
      "94.99 % is a warning",
      "physical",
      physicalAt(949_999),
      "[MONITOR] [WARNING] Physical Memory Usage 949999 KB/1000000 KB(94%) exceeded 90% of MemTotal",
    ],
    [
      "exactly 95 % is critical",
      "physical",
      physicalAt(950_000),
      "[MONITOR] [CRIT] Physical Memory Usage 950000 KB/1000000 KB(95%) exceeded 95% of MemTotal",
    ],
    [
      "allocated memory just under 90 % is normal",
      "allocated",
      { committed: 11_107_842, commitLimit: 12_342_048 },
      "[MONITOR VERBOSE] [INFO] Committed_AS 11107842 KB/12342048 KB(89%) is within 90% of CommitLimit",
    ],
    [
      "allocated memory at the first KiB of 90 % is a warning",
      "allocated",
      { committed: 11_107_844, commitLimit: 12_342_048 },
      "[MONITOR] [WARNING] Committed_AS 11107844 KB/12342048 KB(90%) exceeded 90% of CommitLimit",
    ],
    [
      "allocated memory over its limit is critical",
      "allocated",
      { committed: 1_000_000, commitLimit: 500_000 },
      "[MONITOR] [CRIT] Committed_AS 1000000 KB/500000 KB(200%) exceeded 95% of CommitLimit",
    ],
    [
      "64 TiB are computed without overflow",
      "physical",
      { total: 68_719_476_736, available: 3_435_973_837 },
      "[MONITOR] [WARNING] Physical Memory Usage 65283502899 KB/68719476736 KB(94%) exceeded 90% of MemTotal",
    ],
  ])("at %s: %s", async (_, kind, meminfo, line) => {
    expect(await firstLine(kind, meminfo)).toBe(line);
  });

  test.each<[string, number, Level]>([
    ["92.5", 924_999, "normal"],
    ["92.5", 925_000, "warning"],
    ["92.50", 925_000, "warning"],
    ["0.07", 699, "normal"],
    ["0.07", 700, "warning"],
  ])("has the limit %s as it was configured: at %d KiB of 1000000 it is %s", async (percent, used, level) => {
    const words = { normal: "[INFO]", warning: "[WARNING]", critical: "[CRIT]" };
    const line = await firstLine("physical", physicalAt(used), {
      NSOMEM_PHYSICAL_WARNING_PERCENT: percent,
    });
    expect(line).toContain(words[level]);
    expect(line).toContain(` ${percent}% of MemTotal`);
  });

  test("with an absolute limit needs both: the percentage and less free than that", async () => {
    const more = { NSOMEM_PHYSICAL_CRITICAL_FREE_KIB: "20000" };
    expect(await firstLine("physical", physicalAt(980_000), more)).toContain("[WARNING]");
    expect(await firstLine("physical", physicalAt(980_001), more)).toContain("[CRIT]");
    expect(
      await firstLine("physical", physicalAt(940_000), { NSOMEM_PHYSICAL_CRITICAL_FREE_KIB: "100000" }),
    ).toContain("[WARNING]");
  });

  test("starts with the time in ISO 8601, milliseconds and the offset of TZ", async () => {
    for (const [zone, offset] of [
      ["Asia/Kolkata", "+05:30"],
      ["UTC", "+00:00"],
      ["<-03>3", "-03:00"],
    ] as const) {
      const tool = startTool({ env: env({ TZ: zone }) });
      await tool.ticks(1);
      await tool.end();
      const stamp = tool.lines[0]?.split(" ")[0] ?? "";
      expect(stamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/);
      expect(stamp).toEndWith(offset);
      expect(Math.abs(Date.parse(stamp) - Date.now())).toBeLessThan(5000);
    }
  });

  test("is left out for a limit of 0 KB, which nothing can fill", async () => {
    scene.made.setMeminfo({ commitLimit: 0 });
    const tool = startTool({ env: env() });
    await tool.ticks(3);
    const { lines, stderr } = await tool.end();
    expect(lines.filter((line) => line.includes("Committed_AS"))).toEqual([]);
    expect(lines.filter((line) => line.includes("CommitLimit is 0 KB"))).toHaveLength(1);
    expect(stderr).toBe("");
  });
});

describe("the basis", () => {
  const warm = { total: 1_000_000, free: 20_000, available: 700_000, buffers: 5000, cached: 600_000 };

  test("available: a warm page cache is not used memory", async () => {
    expect(await firstLine("physical", warm)).toContain("[INFO] Physical Memory Usage 300000 KB");
  });

  test("free: it is, as the original tool had it", async () => {
    expect(await firstLine("physical", warm, { NSOMEM_BASIS: "free" })).toContain(
      "[CRIT] Physical Memory Usage 980000 KB",
    );
  });

  test("available on a kernel without MemAvailable: MemFree + Buffers + Cached, said once", async () => {
    scene.made.setMeminfo({ ...warm, available: null });
    const tool = startTool({ env: env() });
    await tool.ticks(3);
    await tool.end();
    expect(tool.readings().filter(({ kind }) => kind === "physical")[0]?.usedKib).toBe(375_000);
    expect(tool.lines.filter((line) => line.includes("no MemAvailable"))).toHaveLength(1);
  });

  test("available with more of it than there is memory: nothing is used", async () => {
    expect(await firstLine("physical", { total: 1000, available: 2000 })).toContain("Usage 0 KB/1000 KB(0%)");
  });
});

describe("/proc/meminfo", () => {
  test("missing at the start: exit 1, naming it", async () => {
    scene.made.write("meminfo", "");
    const { code, stderr } = await startTool({ env: env() }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`${scene.made.proc}/meminfo`);
  });

  test("without a field at the start: exit 1, naming the field", async () => {
    scene.made.write("meminfo", "MemTotal: 1 kB\nCommitLimit: 1 kB\nCommitted_AS: 1 kB\n");
    const { code, stderr } = await startTool({ env: env() }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain("MemFree");
  });

  test("without the commit charge is said once, and physical memory is judged", async () => {
    scene.made.setMeminfo({ available: 10_000, commitLimit: null, committed: null });
    const tool = startTool({ env: env() });
    await tool.ticks(3);
    await tool.end();
    expect(tool.readings().every(({ kind, level }) => kind === "physical" && level === "critical")).toBe(
      true,
    );
    expect(tool.lines.filter((line) => line.includes("committed memory is not judged"))).toHaveLength(1);
  });

  test("unreadable for a while is told once, and measured again afterwards", async () => {
    const tool = startTool({ env: env() });
    await tool.ticks(2);
    scene.made.write("meminfo", "");
    await tool.until(() => tool.lines.some((line) => line.includes("[TOOL] cannot read")));
    scene.made.setMeminfo({ available: 10_000 });
    await tool.until(() => tool.readings().some(({ level }) => level === "critical"));
    const { lines, stderr } = await tool.end();
    expect(lines.filter((line) => line.includes("cannot read"))).toHaveLength(1);
    expect(stderr).toBe("");
  });

  test("with code where a number belongs is not evaluated", async () => {
    const tool = startTool({ env: env() });
    await tool.ticks(1);
    scene.made.write(
      "meminfo",
      "MemTotal: 1000 kB\nMemAvailable: a[$(>pwned)] kB\nCommitLimit: 1000 kB\nCommitted_AS: 1 kB\n",
    );
    await tool.until(() => tool.lines.some((line) => line.includes("something else than numbers")));
    await tool.end();
    expect(await Bun.file(`${scene.made.proc}/pwned`).exists()).toBe(false);
  });

  test("with its lines in another order is read all the same", async () => {
    const tool = startTool({ env: env() });
    await tool.ticks(1);
    scene.made.write(
      "meminfo",
      "Committed_AS: 4 kB\nCommitLimit: 400 kB\nMemFree: 5 kB\nMemAvailable: 7 kB\nMemTotal: 10 kB\n",
    );
    await tool.until(() => tool.readings().some(({ usedKib, limitKib }) => usedKib === 3 && limitKib === 10));
    await tool.end();
  });
});
