import { describe, expect, test } from "bun:test";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ownerOf } from "../../src/record/data-file.ts";
import { emptyDataRow, formatDataLine, parseDataBytes, parseDataLine } from "../../src/record/data-line.ts";
import { dataFilesBelow, type OldFilesOptions, openOldFiles } from "../../src/record/import.ts";
import { recordingOf } from "../../src/record/old-recording.ts";
import { plotFilesOf } from "../../src/record/plot-files.ts";
import { readHistory } from "../../src/record/read-history.ts";
import { writeOldRows } from "../../src/record/write-old-rows.ts";
import { meta, sampleRecording } from "../report/sample.ts";
import { inDirectory } from "./sample-ticks.ts";

const line = "13:35:58 42244 57252 8115420 12342048 14078960 24684096 8571";
const firstDay = { year: 2026, month: 1, day: 13 };

function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function readOldFiles(options: OldFilesOptions) {
  const files = openOldFiles(options);
  try {
    return { recording: recordingOf(files), notes: files.notes() };
  } finally {
    files.close();
  }
}

function importFiles(path: string, options: OldFilesOptions): void {
  const files = openOldFiles(options);
  try {
    writeOldRows(path, files);
  } finally {
    files.close();
  }
}

describe("a line of a data file", () => {
  test("with and without PID, and back again", () => {
    expect(parseDataLine(line)).toEqual({
      clockSeconds: 48_958,
      rssKib: 42_244,
      allocatedKib: 57_252,
      committedKib: 8_115_420,
      commitLimitKib: 12_342_048,
      memUsedKib: 14_078_960,
      memTotalKib: 24_684_096,
      pid: 8571,
    });
    for (const text of [line, line.replace(/ 8571$/, "")])
      expect(formatDataLine(parseDataLine(text) ?? expect.unreachable())).toBe(text);
  });

  test.each([
    "",
    "13:35:58 1 2 3 4 5",
    "25:00:00 1 2 3 4 5 6",
    "13:60:00 1 2 3 4 5 6",
    "13:35:58 1 2 3 4 5 6 7 8",
    "x 1 2 3 4 5 6",
    "13:35:58 1 2 3 4 5 -6",
  ])("%p is none", (text) => {
    expect(parseDataLine(text)).toBeUndefined();
  });

  test("as bytes means the same as its text, and what is not as plot.sh writes it is left to the text's reader", () => {
    const parts = [
      "13:35:58",
      "3:35:58",
      " ",
      "  ",
      "\t",
      "0",
      "8571",
      "12345678901",
      "9".repeat(15),
      "9".repeat(16),
      "00000000012",
      "-1",
      "\r",
      "x",
      "23:59:60",
      "24:00:00",
      "1:2:3",
    ];
    let seed = 7;
    const pick = (max: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor(seed / 65_536) % max;
    };
    let understood = 0;
    for (let round = 0; round < 20_000; round++) {
      const words = Array.from({ length: 5 + pick(5) }, () => parts[pick(parts.length)] ?? "");
      const text = pick(2) === 0 ? words.join(" ") : ["13:35:58", ...words.map(() => pick(1e6))].join(" ");
      const bytes = Buffer.from(`before\n${text}\nafter 1 2 3`);
      const row = emptyDataRow();
      if (!parseDataBytes(bytes, { from: 7, to: 7 + Buffer.byteLength(text) }, row)) continue;
      understood++;
      expect({ pid: 0, ...parseDataLine(text) }).toEqual(row);
    }
    expect(understood).toBeGreaterThan(2_000);
  });

  test("whose file it is follows from its place", () => {
    expect(ownerOf("data/ncs.smp/mem_ncs.smp.log")).toEqual({ group: "core", name: "ncs.smp" });
    expect(ownerOf("/x/NcsJVMLauncher/mem_NcsJVMLauncher.log")).toEqual({
      group: "javavm",
      name: "NcsJVMLauncher",
    });
    expect(ownerOf("python3/mem_bgworker.log")).toEqual({ group: "pythonvm", name: "bgworker" });
    expect(ownerOf("python3/mem_total.log")).toBeUndefined();
  });
});

describe("data files", () => {
  test("are dated by --date, midnights counted; an absent process is a gap", () =>
    inDirectory((dir) => {
      const file = write(
        join(dir, "ncs.smp/mem_ncs.smp.log"),
        "23:59:59 10 20 3 4 5 6 77\n00:00:00 0 0 3 4 5 6\n00:00:01 11 21 3 4 5 6 78\n",
      );
      const { recording, notes } = readOldFiles({ files: [file], firstDay, meta });
      expect([...recording.host.atMs]).toEqual(
        [new Date(2026, 0, 13, 23, 59, 59), new Date(2026, 0, 14), new Date(2026, 0, 14, 0, 0, 1)].map(
          (date) => date.getTime(),
        ),
      );
      expect([...(recording.processes[0]?.rssKib ?? [])]).toEqual([10, 11]);
      expect(recording.processes[0]?.pids).toEqual([77, 78]);
      expect(notes).toEqual([`${file}: 3 measurements`]);
    }));

  test("without --date the last line falls on the day the file was written", () =>
    inDirectory((dir) => {
      const file = write(join(dir, "mem_x.log"), "23:59:59 10 20 3 4 5 6\n00:00:01 10 20 3 4 5 6\n");
      const written = new Date(2026, 0, 20, 0, 0, 2);
      utimesSync(file, written, written);
      const { recording } = readOldFiles({ files: [file], meta });
      expect(recording.host.atMs[0]).toBe(new Date(2026, 0, 19, 23, 59, 59).getTime());
    }));

  test("of each minute a line is enough to find midnights, and one that is cut counts for none", () =>
    inDirectory((dir) => {
      const rest = "10 20 3 4 5 6";
      const cut = "00:00:07 10 2";
      const file = write(
        join(dir, "mem_x.log"),
        [
          `23:59:57 ${rest}`,
          cut,
          `23:59:58 ${rest}`,
          "23:59:5",
          `00:00:00 ${rest}`,
          `0:00:01 ${rest}`,
          "",
        ].join("\n"),
      );
      const written = new Date(2026, 0, 20, 0, 0, 2);
      utimesSync(file, written, written);
      const { recording, notes } = readOldFiles({ files: [file], meta });
      expect(recording.host.atMs[0]).toBe(new Date(2026, 0, 19, 23, 59, 57).getTime());
      expect(recording.host.atMs.at(-1)).toBe(new Date(2026, 0, 20, 0, 0, 1).getTime());
      expect(notes[0]).toEndWith("4 measurements, 2 lines not understood");
    }));

  test("merged rows are their reader's to keep, though each file has one row that it fills anew", () =>
    inDirectory((dir) => {
      const lines = (from: number) =>
        [0, 1, 2].map((step) => `00:00:0${step + from} ${step + 10 * from} 20 3 4 ${step} 6\n`).join("");
      const names = ["mem_a.log", "mem_b.log"];
      const paths = names.map((name, index) => write(join(dir, name), lines(index + 1)));
      const files = openOldFiles({ files: paths, firstDay, meta });
      const rows = [...files.rows];
      files.close();
      const at = (second: number) => new Date(2026, 0, 13, 0, 0, second).getTime();
      expect(rows.map(({ atMs, host }) => [atMs, host?.atMs, host?.memUsedKib])).toEqual([
        [at(1), at(1), 0],
        [at(2), at(2), 1],
        [at(3), at(3), 2],
        [at(4), at(4), 2],
      ]);
      expect(rows.map(({ samples }) => samples.map(({ name, rssKib }) => `${name} ${rssKib}`))).toEqual([
        ["a 10"],
        ["a 11", "b 20"],
        ["a 12", "b 21"],
        ["b 22"],
      ]);
    }));

  test.each([
    ["named with it", "elsewhere/x.log", true],
    ["in the toolset's logs directory", "logs/monitor.log", false],
    ["beside plot.sh", "lib/memory_utilization_tool/monitor.log", false],
  ])("have the day of the monitor log of the same run, %s", (_, place, isNamed) =>
    inDirectory((dir) => {
      const file = write(
        join(dir, "lib/memory_utilization_tool/data/ncs.smp/mem_ncs.smp.log"),
        "00:00:01 10 20 3 4 5 6 77\n",
      );
      const stamped =
        "2026-01-13T23:59:59 [MONITOR VERBOSE] [INFO] Committed_AS 22 KB/123 KB(17%) is within 90% of CommitLimit";
      const log = write(join(dir, place), `a line of another kind\n${stamped}\n`);
      const { recording, notes } = readOldFiles({ files: isNamed ? [file, log] : [file], meta });
      expect(recording.host.atMs[isNamed ? 1 : 0]).toBe(new Date(2026, 0, 14, 0, 0, 1).getTime());
      expect(notes[1]).toStartWith(
        `${file}: its times have no day: the first is taken for 2026-01-14, by ${log}, which begins with it`,
      );
    }),
  );

  test("do not have the day of another run's log", () =>
    inDirectory((dir) => {
      const file = write(join(dir, "t/data/ncs.smp/mem_ncs.smp.log"), "00:03:01 10 20 3 4 5 6 77\n");
      const written = new Date(2026, 0, 20, 0, 4);
      utimesSync(file, written, written);
      write(
        join(dir, "t/monitor.log"),
        "2026-01-13T23:59:59 [MONITOR VERBOSE] [INFO] Committed_AS 22 KB/123 KB(17%) is within 90% of CommitLimit\n",
      );
      const { recording, notes } = readOldFiles({ files: [file], meta });
      expect(recording.host.atMs[0]).toBe(new Date(2026, 0, 20, 0, 3, 1).getTime());
      expect(notes[1]).toContain("by when the file was last written");
    }));

  test("lines that are not understood are counted, the others taken", () =>
    inDirectory((dir) => {
      const file = write(
        join(dir, "mem_x.log"),
        `${line}\nrubbish\n${line.replace("13:35:58", "13:35:50")}\n${line.replace("13:35:58", "13:36:00")}\n13:36`,
      );
      const { recording, notes } = readOldFiles({ files: [file], firstDay, meta });
      expect(recording.host.atMs.length).toBe(2);
      expect(notes[0]).toEndWith("2 measurements, 3 lines not understood");
      expect(notes[1]).toEndWith("is line 2 (not HH:MM:SS and six or seven numbers): rubbish");
    }));

  test("two ticks within one second of the clock are both kept", () =>
    inDirectory((dir) => {
      const file = write(join(dir, "mem_x.log"), `${line}\n${line}\n`);
      expect(readOldFiles({ files: [file], firstDay, meta }).recording.host.atMs.length).toBe(2);
    }));

  test("what plot.sh leaves is found below its data directory; nothing there is said", () =>
    inDirectory((dir) => {
      for (const name of [
        "ncs.smp/mem_ncs.smp.log",
        "python3/mem_a b.log",
        "python3/mem_total.log",
        "notes.txt",
      ])
        write(join(dir, name), line);
      expect(dataFilesBelow(dir).map((path) => path.slice(dir.length + 1))).toEqual([
        "ncs.smp/mem_ncs.smp.log",
        "python3/mem_a b.log",
        "python3/mem_total.log",
      ]);
      expect(() => dataFilesBelow(join(dir, "nowhere"))).toThrow("cannot read");
      mkdirSync(join(dir, "empty"));
      expect(() => dataFilesBelow(join(dir, "empty"))).toThrow("no data files below");
    }));
});

describe("monitor logs", () => {
  const original = `Tue Jan 13 13:35:57 CET 2026 [MONITOR VERBOSE] [INFO] Committed_AS 2201344 KB/12342048 KB(17%) is within 90% of CommitLimit
Tue Jan 13 13:35:57 CET 2026 [MONITOR VERBOSE] [INFO] Physical Memory Usage 745700 KB/55521920 KB(1%) is within 20% of MemTotal
Tue Jan 13 13:35:58 CET 2026 [MONITOR VERBOSE] [INFO] Committed_AS 2201348 KB/12342048 KB(17%) is within 90% of CommitLimit
Tue Jan 13 13:35:58 CET 2026 [MONITOR] [CRIT] Physical Memory Usage 14078960 KB/55521920 KB(25%) exceeded 24% of MemTotal
`;

  test("of the original toolset: pairs joined, levels and limits as it said", () =>
    inDirectory((dir) => {
      const { recording } = readOldFiles({ files: [write(join(dir, "monitor.log"), original)], meta });
      expect([...recording.host.memUsedKib]).toEqual([745_700, 14_078_960]);
      expect([...recording.host.committedKib]).toEqual([2_201_344, 2_201_348]);
      expect(recording.host.atMs[0]).toBe(Date.parse("2026-01-13T12:35:57Z"));
      expect(recording.events.map(({ kind, level }) => [kind, level])).toEqual([["physical", "critical"]]);
      expect(recording.runs[0]?.meta.limits.physical).toEqual({ warningPercent: 20, criticalPercent: 24 });
    }));

  test("of ours, with its processes", () =>
    inDirectory((dir) => {
      const text = `2026-01-13T13:35:58.120+01:00 [MONITOR VERBOSE] [INFO] Committed_AS 2201344 KB/12342048 KB(17%) is within 90% of CommitLimit
2026-01-13T13:35:58.120+01:00 [MONITOR VERBOSE] [INFO] Physical Memory Usage 745700 KB/24684096 KB(3%) is within 90% of MemTotal
2026-01-13T13:35:58.120+01:00 [SAMPLE] group=core pid=8571 rss_kib=42244 allocated_kib=57252 children= name=ncs.smp
`;
      const { recording } = readOldFiles({ files: [write(join(dir, "m.log"), text)], meta });
      expect([...recording.host.atMs]).toEqual([Date.parse("2026-01-13T12:35:58.120Z")]);
      expect(recording.processes.map(({ name, rssKib }) => [name, ...rssKib])).toEqual([["ncs.smp", 42_244]]);
    }));

  test("with one kind of memory alone: the other is not a zero", () =>
    inDirectory((dir) => {
      const text = original
        .split("\n")
        .filter((row) => row.includes("Physical"))
        .join("\n");
      const path = join(dir, "history.db");
      importFiles(path, { files: [write(join(dir, "m.log"), text)], meta });
      const { host, overcommitMode } = readHistory(path, { sinceMs: 0 });
      expect([...host.memUsedKib]).toEqual([745_700, 14_078_960]);
      expect([...host.committedKib]).toEqual([Number.NaN, Number.NaN]);
      expect(overcommitMode).toBeUndefined();
    }));

  const reading = (use: number) =>
    `[MONITOR VERBOSE] [INFO] Physical Memory Usage ${use} KB/1000 KB(1%) is within 90% of MemTotal`;
  const readLog = (dir: string, text: string, options: { firstDay?: typeof firstDay } = {}) => {
    const file = write(join(dir, "m.log"), text);
    const written = new Date(2026, 0, 15, 12);
    utimesSync(file, written, written);
    const { recording, notes } = readOldFiles({ files: [file], meta, ...options });
    return {
      atMs: [...recording.host.atMs],
      used: [...recording.host.memUsedKib],
      notes: notes.map((note) => note.replace(`${file}: `, "")),
    };
  };

  test("through docker logs --timestamps, a terminal and an editor", () =>
    inDirectory((dir) => {
      const text = `\ufeff2026-01-13T13:35:58.669794202Z stdout F ${reading(5)}\r\n\0\0\x002026-01-13T13:35:59.669794202Z stdout F ${reading(6)}\r\n`;
      const { atMs, notes } = readLog(dir, text);
      expect(atMs).toEqual([Date.parse("2026-01-13T13:35:58.669Z"), Date.parse("2026-01-13T13:35:59.669Z")]);
      expect(notes).toEqual(["2 measurements"]);
    }));

  test("several ticks within a second are all kept", () =>
    inDirectory((dir) => {
      const stamped = (use: number) => `Tue Jan 13 13:35:58 CET 2026 ${reading(use)}\n`;
      expect(readLog(dir, stamped(1) + stamped(2) + stamped(3)).used).toEqual([1, 2, 3]);
    }));

  test("what is left out is counted, and the first of it named", () =>
    inDirectory((dir) => {
      const { used, notes } = readLog(
        dir,
        [
          `2026-01-13T13:35:58Z ${reading(1)}`,
          `05/06/2026 13:35:59 ${reading(2)}`,
          `2026-01-13T13:35:50Z ${reading(3)}`,
          "R VERBOSE] [INFO] Physical Mem",
          reading(4),
          `2026-01-13T13:36:00Z [SAMPLE] group=core pid=`,
          `2026-01-13T13:36:01Z ${reading(5)}`,
        ].join("\n"),
      );
      expect(used).toEqual([1, 5]);
      expect(notes).toEqual([
        "2 measurements, 5 lines not understood",
        `the first that was not understood is line 2 (no time, or one that cannot be told): 05/06/2026 13:35:59 ${reading(2)}`,
      ]);
    }));

  test("times without a day end on the day the file was written, which is said; --date names another", () =>
    inDirectory((dir) => {
      const text = `23:59:59 ${reading(1)}\n00:00:01 ${reading(2)}\n`;
      const { atMs, notes } = readLog(dir, text);
      expect(atMs).toEqual([
        new Date(2026, 0, 14, 23, 59, 59).getTime(),
        new Date(2026, 0, 15, 0, 0, 1).getTime(),
      ]);
      expect(notes).toEqual([
        "2 measurements",
        "its times have no day: the first is taken for 2026-01-14, by when the file was last written; --date DAY says otherwise",
      ]);
      const named = readLog(dir, text, { firstDay });
      expect(named.atMs[0]).toBe(new Date(2026, 0, 13, 23, 59, 59).getTime());
      expect(named.notes).toEqual(["2 measurements"]);
    }));

  test("anything else is refused by name", () =>
    inDirectory((dir) => {
      const file = write(join(dir, "letter.txt"), "Dear Sir or Madam");
      expect(() => readOldFiles({ files: [file], meta })).toThrow(`${file} is neither a data file`);
      expect(() => readOldFiles({ files: [join(dir, "none")], meta })).toThrow("cannot read");
    }));
});

test("what is exported for plot and imported again is the same", () =>
  inDirectory((dir) => {
    const recording = sampleRecording({
      startMs: new Date(2026, 0, 13, 23, 59, 0).getTime(),
      ticks: 120,
      vms: ["a", "b"],
    });
    for (const { path, pieces } of plotFilesOf(recording)) write(join(dir, path), [...pieces].join(""));
    const again = readOldFiles({ files: dataFilesBelow(dir), firstDay, meta }).recording;
    expect([...again.host.atMs]).toEqual([...recording.host.atMs]);
    expect([...again.host.committedKib]).toEqual(Array.from(recording.host.committedKib, Math.round));
    expect(again.processes.map(({ group, name }) => [group, name])).toEqual(
      recording.processes.map(({ group, name }) => [group, name]),
    );
    for (const [index, { rssKib, allocatedKib }] of recording.processes.entries()) {
      expect([...(again.processes[index]?.rssKib ?? [])]).toEqual([...rssKib]);
      expect([...(again.processes[index]?.allocatedKib ?? [])]).toEqual([...allocatedKib]);
    }
    const path = join(dir, "history.db");
    importFiles(path, { files: dataFilesBelow(dir), firstDay, meta });
    expect([...readHistory(path).host.atMs]).toEqual([...recording.host.atMs]);
  }));
