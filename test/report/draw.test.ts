import { describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drawAll, drawSome } from "../../src/report/draw.ts";
import { sampleRecording } from "./sample.ts";

const startMs = Date.parse("2025-11-23T13:09:51Z");

async function inDirectory<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), "nsomem-draw-"));
  try {
    return await work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

describe("files", () => {
  test("are for their owner alone, and none is left half-written", () =>
    inDirectory(async (dir) => {
      const { files } = await drawAll({
        recording: sampleRecording({ startMs, ticks: 3 }),
        outDir: join(dir, "graphs"),
        version: "0.1.0",
        nowMs: startMs,
      });
      expect(files).toHaveLength(19);
      for (const file of files) {
        expect(statSync(join(dir, "graphs", file)).mode & 0o777).toBe(0o600);
        expect(existsSync(join(dir, "graphs", `${file}.partial`))).toBe(false);
      }
    }));

  test("only those that are asked for; a name that fits none is refused with the reasons", () =>
    inDirectory(async (dir) => {
      const options = {
        recording: sampleRecording({ startMs, ticks: 3, vms: [] }),
        outDir: dir,
        version: "0.1.0",
        nowMs: startMs,
      };
      expect(await drawSome({ ...options, only: "ncs.smp" })).toEqual([
        "ncs.smp/mem_ncs.smp.svg",
        "ncs.smp/mem_ncs.smp.png",
      ]);
      expect(existsSync(join(dir, "report.html"))).toBe(false);
      expect(drawSome({ ...options, only: "mem_total" })).rejects.toThrow(
        'no picture has "mem_total" in its name; python3/mem_total: a Python VM was never seen',
      );
    }));

  test("a directory that cannot be written is said by name", () =>
    inDirectory(async (dir) => {
      writeFileSync(join(dir, "graphs"), "a file is in the way");
      const options = {
        recording: sampleRecording({ startMs, ticks: 3 }),
        outDir: join(dir, "graphs"),
        version: "0.1.0",
        nowMs: startMs,
      };
      expect(drawAll(options)).rejects.toThrow(`cannot write ${join(dir, "graphs/ncs.smp/mem_ncs.smp.svg")}`);
    }));
});
