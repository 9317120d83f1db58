import { describe, expect, test } from "bun:test";
import type { KibColumn, Recording } from "../../../src/core/recording.ts";
import { picturesOf } from "../../../src/report/picture/pictures.ts";
import { renderPng } from "../../../src/report/picture/png.ts";
import { renderSvg } from "../../../src/report/picture/svg.ts";
import { subjectsOf } from "../../../src/report/series/subject.ts";
import { topUnder } from "../../../src/report/series/top-under.ts";
import { zoneOf } from "../../../src/report/series/zone.ts";
import { gib, incidentRecording, meta, mib, sampleRecording } from "../sample.ts";
import { overlap, partsOf, type SvgParts } from "./svg-parts.ts";

const startMs = Date.parse("2025-11-23T13:09:51Z");
const zone = zoneOf("Europe/Prague");

/** All pictures of a recording by file. */
function draw(recording: Recording): Map<string, { svg: string; parts: SvgParts }> {
  const { pictures } = picturesOf(recording, subjectsOf(recording));
  return new Map(
    pictures.map((picture) => {
      const svg = renderSvg(picture, { zone, source: "nso-prg-1 · nsomem 0.1.0" });
      return [picture.file, { svg, parts: partsOf(svg) }];
    }),
  );
}

const labelsOf = ({ parts }: { parts: SvgParts }) => parts.series.map(({ label }) => label);
const incident = draw(incidentRecording());
const core = incident.get("ncs.smp/mem_ncs.smp") ?? expect.unreachable();

describe("the inherited pictures", () => {
  test("are there under their names with their series", () => {
    const levels = ["warning 90 %", "critical 95 %"];
    expect(Object.fromEntries([...incident].map(([file, picture]) => [file, labelsOf(picture)]))).toEqual({
      "ncs.smp/mem_ncs.smp": [...levels, "CommitLimit", "Committed_AS", "RSS", "Private"],
      "NcsJVMLauncher/mem_NcsJVMLauncher": [...levels, "CommitLimit", "Committed_AS", "RSS", "Private"],
      "python3/mem_total": [...levels, "CommitLimit", "Committed_AS", "RSS", "Private"],
      "python3/mem_bgworker": ["RSS", "Private"],
      "python3/mem_resource-manager": ["RSS", "Private"],
      "compare/mem-graph-compare-allocate": [
        ...levels,
        "CommitLimit",
        "Committed_AS",
        "Private ncs.smp",
        "Private PythonVM(Total)",
        "Private JavaVM",
      ],
      "compare/mem-graph-compare-allocate-noCommitLimit": [
        "Private ncs.smp",
        "Private PythonVM(Total)",
        "Private JavaVM",
      ],
      "compare/mem-graph-compare-rss": [
        ...levels,
        "MemTotal",
        "MemUsed",
        "Committed_AS",
        "RSS ncs.smp",
        "RSS PythonVM(Total)",
        "RSS JavaVM",
        "everything else on the host",
      ],
      "compare/mem-graph-compare-rss-noMemTotal": ["RSS ncs.smp", "RSS PythonVM(Total)", "RSS JavaVM"],
    });
  });

  test("a JavaVM and Python VMs that were never seen are left out with a reason", () => {
    const recording = sampleRecording({ startMs, ticks: 10, vms: [] });
    const noJava = { ...recording, processes: recording.processes.filter(({ group }) => group === "core") };
    const { pictures, leftOut } = picturesOf(noJava, subjectsOf(noJava));
    expect(pictures.map(({ file }) => file)).not.toContain("NcsJVMLauncher/mem_NcsJVMLauncher");
    expect(leftOut).toEqual([
      { file: "NcsJVMLauncher/mem_NcsJVMLauncher", reason: "a JavaVM was never seen between the two times" },
      { file: "python3/mem_total", reason: "a Python VM was never seen between the two times" },
    ]);
  });
});

describe("every picture", () => {
  test.each([...incident])(
    "%s: legend, labels and marks stand beside the plot, inside the paper",
    (_, { parts }) => {
      const outside = [
        ...parts.textsIn("heading"),
        ...parts.textsIn("legend"),
        ...parts.textsIn("limits"),
        ...parts.textsIn("events"),
      ];
      expect(outside.length).toBeGreaterThan(4);
      expect(outside.filter((text) => overlap(text, parts.plot)).map(({ content }) => content)).toEqual([]);
      const cut = parts.texts.filter(
        ({ left, right, top, bottom }) => left < 0 || right > 1200 || top < 0 || bottom > 700,
      );
      expect(cut.map(({ content }) => content)).toEqual([]);
    },
  );

  test.each([...incident])("%s: no text covers another", (_, { parts }) => {
    const covered = parts.texts.flatMap((one, index) =>
      parts.texts
        .slice(index + 1)
        .filter((other) => overlap(one, other))
        .map((other) => `${one.content} / ${other.content}`),
    );
    expect(covered).toEqual([]);
  });

  test.each([...incident])("%s: lines differ in grey print: by dash or by lightness", (_, { parts }) => {
    const looks = parts.series.map(
      ({ colour, width, dash }) => `${Math.round(lightness(colour) * 20)} ${dash} ${width}`,
    );
    expect(new Set(looks).size).toBe(looks.length);
  });

  test.each([...incident])("%s: every line has a contrast of 3:1 on white", (_, { parts }) => {
    for (const { colour, label } of parts.series)
      expect(1.05 / (luminance(colour) + 0.05), label).toBeGreaterThanOrEqual(3);
  });

  test("becomes a PNG of 1200×700", async () => {
    const png = Buffer.from(await renderPng(core.svg));
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1200, 700]);
    expect(png.length).toBeGreaterThan(10_000);
  });
});

describe("limits", () => {
  test("the limit is red and the thickest; its levels are dashed and named", () => {
    const [warning, critical, limit] = core.parts.series;
    expect([limit?.colour, limit?.width]).toEqual(["#CF222E", 4]);
    expect(Math.max(...core.parts.series.map(({ width }) => width))).toBe(4);
    expect([warning?.dash, critical?.dash, limit?.dash]).toEqual(["4 4", "9 5", undefined]);
    expect(core.parts.textsIn("limits").map(({ content }) => content)).toEqual([
      "CommitLimit",
      "11.8 GiB",
      "critical 95 %",
      "warning 90 %",
    ]);
  });

  test("that changes in the middle is a step, in the legend from and to", () => {
    const picture = draw(
      sampleRecording({ startMs, ticks: 600, commitLimitKib: (tick) => (tick < 300 ? 12 * gib : 18 * gib) }),
    ).get("ncs.smp/mem_ncs.smp");
    const limit = picture?.parts.series.find(({ label }) => label === "CommitLimit");
    expect(new Set(limit?.points.map(([, y]) => y)).size).toBe(2);
    expect(picture?.parts.textsIn("legend").map(({ content }) => content)).toContain("12.0 GiB → 18.0 GiB");
  });

  test("with levels at a small part of it the axis ends below the limit, which is named with an arrow", () => {
    const low = { warningPercent: 20, criticalPercent: 24 };
    const limits = { physical: low, allocated: low };
    const picture = (memTotalKib: number) =>
      draw(sampleRecording({ startMs, ticks: 60, memTotalKib, meta: { ...meta, limits } }))
        .get("compare/mem-graph-compare-rss")
        ?.parts.textsIn("limits")
        .map(({ content }) => content);
    // 6 GiB in use, critical at 9.6 of 40 GiB.
    expect(picture(40 * gib)).toEqual(["MemTotal", "40.0 GiB ↑", "critical 24 %", "warning 20 %"]);
    expect(picture(12 * gib)).toContain("12.0 GiB");
  });

  test("three times what is used is still shown, a little more is not", () => {
    expect(topUnder(300, 100)).toBe(300);
    expect(topUnder(301, 100)).toBeCloseTo(116.7, 1);
    expect(topUnder(80, 100)).toBe(100);
  });

  test("a value above the limit is inside the plot, and the limit below it", () => {
    const picture =
      draw(sampleRecording({ startMs, ticks: 60, commitLimitKib: 3 * gib })).get("ncs.smp/mem_ncs.smp") ??
      expect.unreachable();
    const { plot, series } = picture.parts;
    const heights = (label: string) =>
      series.find((one) => one.label === label)?.points.map(([, y]) => y) ?? [];
    expect(Math.min(...heights("Committed_AS"))).toBeGreaterThan(plot.top);
    expect(Math.min(...heights("CommitLimit"))).toBeGreaterThan(Math.max(...heights("Committed_AS")));
  });

  test("that do not bind are drawn, and said not to", () => {
    const picture = draw(sampleRecording({ startMs, ticks: 60, overcommitMode: 1 })).get(
      "ncs.smp/mem_ncs.smp",
    );
    expect(picture?.svg).toContain("vm.overcommit_memory is 1: the kernel does not enforce CommitLimit");
    expect(core.svg).not.toContain("does not enforce");
  });
});

describe("axes", () => {
  test("memory in GiB, no exponents", () => {
    const labels = core.parts.textsIn("axes").map(({ content }) => content);
    expect(labels.slice(0, 4)).toEqual(["0", "2 GiB", "4 GiB", "6 GiB"]);
    const small = incident
      .get("python3/mem_bgworker")
      ?.parts.textsIn("axes")
      .map(({ content }) => content);
    expect(small?.slice(0, 2)).toEqual(["0", "10 MiB"]);
  });

  test("a week over two zone offsets: a date a day, and the change said", () => {
    const week = sampleRecording({
      startMs: Date.parse("2025-10-23T13:00:00Z"),
      ticks: 7 * 24 * 6,
      intervalMs: 600_000,
    });
    const labels =
      draw(week)
        .get("ncs.smp/mem_ncs.smp")
        ?.parts.textsIn("axes")
        .map(({ content }) => content) ?? [];
    expect(labels.filter((label) => /^\w{3} \d+ Oct$/.test(label))).toHaveLength(7);
    expect(labels).toContain("UTC+02:00 → UTC+01:00");
  });
});

describe("what happened", () => {
  test("is marked and labelled: dumps counted, SIGUSR1, restart", () => {
    expect(
      core.parts
        .textsIn("events")
        .map(({ content }) => content)
        .sort(),
    ).toEqual([
      "NSO ended, crash dump complete",
      "NSO started (pid 9120)",
      "committed critical, SIGUSR1 to NSO (pid 8571)",
      "committed warning, debug dump done ×3",
      "measuring tool restarted",
      "nsomem 0.1.0 started",
    ]);
  });

  test("a hundred events in a row of the picture: marks for all, labels for those that have room", () => {
    const events = Array.from({ length: 100 }, (_, index) => ({
      atMs: startMs + index * 30_000,
      type: "action" as const,
      text: `debug-dump ${index} failed: exit 2`,
    }));
    const { parts } =
      draw(sampleRecording({ startMs, ticks: 3600, events })).get("ncs.smp/mem_ncs.smp") ??
      expect.unreachable();
    const labels = parts.textsIn("events");
    expect(labels.length).toBeGreaterThan(5);
    expect(
      labels.flatMap((one, index) => labels.slice(index + 1).filter((other) => overlap(one, other))),
    ).toEqual([]);
    expect(parts.plot.bottom - parts.plot.top).toBeGreaterThan(350);
  });

  test("a text from outside cannot leave its place in the SVG", () => {
    const { svg } =
      draw(
        sampleRecording({
          startMs,
          ticks: 60,
          vms: ['</text><script>"x"&'],
          events: [{ atMs: startMs, type: "nso", text: "<g>\u0000" }],
        }),
      ).get("python3/mem___text__script__x__") ?? expect.unreachable();
    expect(svg).not.toContain("<script>");
    expect(svg).not.toContain("\u0000");
    expect(svg).toContain("&lt;/text&gt;&lt;script&gt;");
  });
});

describe("odd recordings", () => {
  test("gaps break the lines and are named", () => {
    const { parts } =
      draw(sampleRecording({ startMs, ticks: 600, silent: (tick) => tick > 200 && tick < 400 })).get(
        "ncs.smp/mem_ncs.smp",
      ) ?? expect.unreachable();
    for (const { label, path } of parts.series) expect(path.match(/M/g)?.length, label).toBe(2);
    expect(parts.gaps).toHaveLength(1);
    expect(parts.textsIn("gaps").map(({ content }) => content)).toEqual(["not measured"]);
  });

  test("a core that was away has a gap of its own while the host was measured", () => {
    const recording = sampleRecording({ startMs, ticks: 600 });
    const [first, ...rest] = recording.processes;
    const away = (values: KibColumn) =>
      Float64Array.from(values).filter((_, tick) => tick < 200 || tick > 400);
    const restarted = first
      ? {
          ...first,
          atMs: away(first.atMs),
          rssKib: away(first.rssKib),
          allocatedKib: away(first.allocatedKib),
        }
      : expect.unreachable();
    const { parts } =
      draw({ ...recording, processes: [restarted, ...rest] }).get("ncs.smp/mem_ncs.smp") ??
      expect.unreachable();
    expect(parts.gaps).toEqual([]);
    const pieces = Object.fromEntries(
      parts.series.map(({ label, path }) => [label, path.match(/M/g)?.length]),
    );
    expect([pieces.RSS, pieces.Committed_AS]).toEqual([2, 1]);
  });

  test("one sample is a ring", () => {
    const { parts, svg } =
      draw(sampleRecording({ startMs, ticks: 1 })).get("ncs.smp/mem_ncs.smp") ?? expect.unreachable();
    expect(parts.series.find(({ label }) => label === "RSS")?.path).toContain("a3,3");
    expect(svg).not.toContain("NaN");
    expect(svg).not.toContain("Infinity");
  });

  test("no sample is no picture, with a reason", () => {
    const none = sampleRecording({ startMs, ticks: 0 });
    expect(picturesOf(none, subjectsOf(none))).toEqual({
      pictures: [],
      leftOut: [{ file: "all pictures", reason: "nothing was measured between the two times" }],
    });
  });

  test("a hundred Python VMs: a picture each, no two of one name, the total's kept", () => {
    const names = Array.from({ length: 100 }, (_, index) =>
      index === 7 ? "total" : index === 8 ? "a/b" : index === 9 ? "a_b" : `vm-${index}`,
    );
    const files = [...draw(sampleRecording({ startMs, ticks: 5, vms: names })).keys()].filter((file) =>
      file.startsWith("python3/"),
    );
    expect(new Set(files).size).toBe(101);
    expect(files).toContain("python3/mem_total_2");
    expect(files).toContain("python3/mem_a_b_2");
  });

  test("sizes from KiB to TiB have a fitting unit", () => {
    const first = (memTotalKib: number, coreKib: number) =>
      draw(sampleRecording({ startMs, ticks: 5, memTotalKib, coreKib: () => coreKib }))
        .get("compare/mem-graph-compare-rss")
        ?.parts.textsIn("axes")[1]?.content;
    expect(first(8 * 1024 * gib, 3 * gib)).toEndWith("TiB");
    expect(first(16 * gib, 200 * mib)).toEndWith("GiB");
  });
});

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((from) => {
    const part = Number.parseInt(colour.slice(from, from + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** CIE lightness from 0 to 1. */
function lightness(colour: string): number {
  return (116 * Math.cbrt(luminance(colour)) - 16) / 100;
}
