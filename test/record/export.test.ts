import { expect, test } from "bun:test";
import { csvOf, jsonOf } from "../../src/record/export.ts";
import { plotFilesOf } from "../../src/record/plot-files.ts";
import { sampleRecording } from "../report/sample.ts";

const startMs = Date.parse("2026-01-13T12:00:00Z");
const recording = sampleRecording({
  startMs,
  ticks: 3,
  vms: ['say "hi", =1+1'],
  events: [
    { atMs: startMs + 500, type: "action", text: "debug-dump done" },
    { atMs: startMs + 900, type: "level", text: 'physical "critical"' },
  ],
});

test("csv: a row a tick, processes beside the host, events at the tick after them", () => {
  const [head = "", ...rows] = [...csvOf(recording)].join("").trimEnd().split("\n");
  expect(head).toBe(
    'time,MemUsed,MemTotal,Committed_AS,CommitLimit,ncs.smp RSS,ncs.smp Allocated,NcsJVMLauncher RSS,NcsJVMLauncher Allocated,"say ""hi"", =1+1 RSS","say ""hi"", =1+1 Allocated",events',
  );
  expect(rows).toHaveLength(3);
  const [core] = recording.processes;
  expect(rows[1]?.split(",")[5]).toBe(String(core?.rssKib[1]));
  expect(rows[1]).toEndWith(',"debug-dump done; physical ""critical"""');
  expect(rows[0]).toEndWith(",");
});

test("csv: a name that a spreadsheet would take for a formula is text", () => {
  const [head = ""] = [...csvOf(sampleRecording({ startMs, ticks: 1, vms: ["=cmd()"] }))]
    .join("")
    .split("\n");
  expect(head).toContain("'=cmd() RSS");
});

test("csv: between two looks at the processes, and where one was absent, the cells are empty", () => {
  const [core] = recording.processes;
  const fast = { ...recording, processes: core ? [{ ...core, atMs: core.atMs.subarray(1, 2) }] : [] };
  const rows = [...csvOf(fast)].join("").trimEnd().split("\n").slice(1);
  expect(rows.map((row) => row.split(",")[5] !== "")).toEqual([false, true, false]);
});

test("json: one document that JSON.parse takes, with the same numbers", () => {
  const document = JSON.parse([...jsonOf(recording)].join(""));
  expect(document.schema).toBe(1);
  expect(document.host.columns[0]).toBe("at_ms");
  expect(document.host.rows.map((row: number[]) => row[0])).toEqual([...recording.host.atMs]);
  expect(document.processes[2].samples.rows[1]).toEqual([
    startMs + 1000,
    recording.processes[2]?.rssKib[1],
    recording.processes[2]?.allocatedKib[1],
  ]);
  expect(document.events[0].text).toBe("debug-dump done");
});

test("json of an empty recording is a document too", () => {
  const document = JSON.parse([...jsonOf(sampleRecording({ startMs, ticks: 0 }))].join(""));
  expect(document.host.rows).toEqual([]);
  expect(document.processes).toEqual([]);
});

test("plot: fast ticks without processes are no absence, a tick without NSO is", () => {
  const [core] = recording.processes;
  const ticks = [0, 20, 40, 1000, 5000];
  const host = Object.fromEntries(
    Object.entries(recording.host).map(([name, values]) => [
      name,
      Float64Array.from(ticks, (offset, index) =>
        name === "atMs" ? startMs + offset : (values[Math.min(index, 2)] ?? 0),
      ),
    ]),
  );
  const process = {
    group: "core",
    name: "ncs.smp",
    pids: [8571],
    atMs: Float64Array.of(startMs, startMs + 1000),
    rssKib: Float64Array.of(10, 11),
    allocatedKib: Float64Array.of(20, 21),
  } as const;
  const fast = { ...recording, host: { ...recording.host, ...host }, processes: core ? [process] : [] };
  const [file] = plotFilesOf({ ...fast, processes: [{ ...process, pids: [8571] }] });
  const lines = [...(file?.pieces ?? [])].join("").trimEnd().split("\n");
  expect(lines.map((text) => text.split(" ").slice(1, 3).join(" "))).toEqual(["10 20", "11 21", "0 0"]);
  expect(lines.map((text) => text.split(" ").length)).toEqual([8, 8, 7]);
});

test("plot: the inherited names, and the total of the Python VMs", () => {
  const two = sampleRecording({ startMs, ticks: 1, vms: ["a", "b/../c"] });
  const files = plotFilesOf(two);
  expect(files.map(({ path }) => path)).toEqual([
    "ncs.smp/mem_ncs.smp.log",
    "NcsJVMLauncher/mem_NcsJVMLauncher.log",
    "python3/mem_a.log",
    "python3/mem_b_.._c.log",
    "python3/mem_total.log",
  ]);
  const rss = (index: number) => Number([...(files[index]?.pieces ?? [])].join("").split(" ")[1]);
  expect(rss(4)).toBe(rss(2) + rss(3));
});
