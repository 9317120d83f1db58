import { describe, expect, test } from "bun:test";
import { defaultLimits } from "../../../src/report/series/limits.ts";
import { peakOf } from "../../../src/report/series/peak.ts";
import { subjectsOf } from "../../../src/report/series/subject.ts";
import { analyse } from "../../../src/report/statistics/analysis.ts";
import { statisticsJson } from "../../../src/report/statistics/json.ts";
import { recommend } from "../../../src/report/statistics/recommendation.ts";
import { statisticsText } from "../../../src/report/statistics/text.ts";
import { gib, incidentRecording, meta, mib, sampleRecording } from "../sample.ts";

const startMs = Date.parse("2025-11-23T13:09:51Z");

/** One tick whose Committed_AS is exactly this. */
function committed(kib: number, more: Partial<typeof meta> = {}, memTotalKib = 16 * gib) {
  const recording = sampleRecording({ startMs, ticks: 1, memTotalKib, meta: { ...meta, ...more } });
  recording.host.committedKib[0] = kib;
  return recommend(recording, subjectsOf(recording));
}

describe("the recommended commit limit", () => {
  test("is the maximum of Committed_AS and a tenth, as a ratio of the RAM", () => {
    const { commit, sentences } = committed(8 * gib);
    expect(commit?.commitLimitKib).toBe(Math.ceil(8.8 * gib));
    // 100 × 8.8 / 16 = 55, which rounding up of the KiB makes 56.
    expect(commit?.overcommitRatio).toBe(56);
    expect(commit?.sysctlLines).toEqual(["vm.overcommit_memory = 2", "vm.overcommit_ratio = 56"]);
    expect(sentences[0]).toBe(
      "Committed_AS reached 8.0 GiB; with 10 % of buffer CommitLimit should be 8.8 GiB (it is 11.8 GiB).",
    );
  });

  test("counts swap for it and huge pages against it", () => {
    // 100 × (8.8 − 4) / (16 − 4) = 40
    expect(committed(8 * gib, { swapTotalKib: 4 * gib, hugePagesKib: 4 * gib }).commit?.overcommitRatio).toBe(
      41,
    );
  });

  test("is never above the guide's: 95 without swap, less by the share of swap", () => {
    const without = committed(15 * gib);
    expect([without.commit?.overcommitRatio, without.commit?.guideRatio]).toEqual([104, 95]);
    expect(without.commit?.sysctlLines[1]).toBe("vm.overcommit_ratio = 95");
    expect(without.sentences[1]).toContain("above 95");
    // floor(100 × 12 / 16) − 5
    expect(committed(8 * gib, { swapTotalKib: 4 * gib }).commit?.guideRatio).toBe(70);
  });

  test("is never below one, however much swap there is", () => {
    expect(committed(1 * gib, { swapTotalKib: 64 * gib }).commit?.overcommitRatio).toBe(1);
  });

  test("says when swap and huge pages are not known", () => {
    expect(committed(8 * gib, { swapTotalKib: undefined }).sentences.at(-1)).toContain("not known");
  });

  test("of nothing is nothing", () => {
    const none = sampleRecording({ startMs, ticks: 0 });
    expect(recommend(none, subjectsOf(none))).toEqual({ commit: undefined, children: [], sentences: [] });
  });
});

test("a Python VM with multiprocessing children gets its advice, with its name and their memory", () => {
  const recording = sampleRecording({ startMs, ticks: 2 });
  const vm = recording.processes.find(({ name }) => name === "bgworker") ?? expect.unreachable();
  vm.childrenPeak = { atMs: startMs, count: 4, rssKib: 512 * mib, allocatedKib: 820 * mib };
  const { sentences, children } = recommend(recording, subjectsOf(recording));
  expect(children.map((one) => one.vm)).toEqual(["bgworker"]);
  expect(sentences.at(-1)).toBe(
    "Python VM bgworker had 4 child processes holding 512 MiB of RSS (820 MiB allocated): change its callpoint-model from multiprocessing to threading in package-meta-data.xml.",
  );
});

describe("findings", () => {
  test("of an incident: critical first, with who grew towards it", () => {
    const { findings } = analyse(incidentRecording());
    expect(findings.map(({ tone }) => tone)).toEqual(["critical", "ok", "note"]);
    expect(findings[0]?.text).toBe(
      "Committed_AS was critical: 99.2 % of CommitLimit (11.7 GiB of 11.8 GiB) at 23 Nov 14:53:10. In the 30 min before, NSO core (ncs.smp) grew by 5.5 GiB of allocated memory, Committed_AS as a whole by 5.5 GiB.",
    );
    expect(findings[2]?.text).toBe("1 incident, 4 actions: see the list of events.");
  });

  test("of steady growth: when the limit is reached, as a warning within a day and a note beyond", () => {
    const growing = (kibPerSecond: number) =>
      analyse(
        sampleRecording({ startMs, ticks: 3600, coreKib: (tick) => gib + tick * kibPerSecond }),
      ).findings.filter(({ text }) => text.includes("grows by"));
    const [fast] = growing(1000);
    expect(fast?.tone).toBe("warning");
    expect(fast?.text).toMatch(
      /^MemUsed grows by 58\.\d MiB\/min \(r² 1\.00\): at this rate its limit is reached in 4 h \d+ min\.$/,
    );
    const slow = growing(20).map(({ tone }) => tone);
    expect(slow).not.toContain("warning");
  });

  test("an advisory commit limit is no alarm", () => {
    const { findings } = analyse(
      sampleRecording({ startMs, ticks: 60, commitLimitKib: 2 * gib, overcommitMode: 0 }),
    );
    expect(findings.map(({ tone }) => tone)).not.toContain("critical");
    expect(findings.find(({ text }) => text.startsWith("Committed_AS"))?.text).toContain("not enforced");
  });

  test("the peak is where use is nearest to its limit, which with a changing limit is not the highest use", () => {
    const recording = sampleRecording({
      startMs,
      ticks: 4,
      commitLimitKib: (tick) => (tick < 2 ? 10 * gib : 20 * gib),
    });
    recording.host.committedKib.set([5 * gib, 9 * gib, 11 * gib, 12 * gib]);
    const peak = peakOf("allocated", subjectsOf(recording).host, defaultLimits);
    expect([peak?.atMs, peak?.percent, peak?.level]).toEqual([startMs + 1000, 90, "warning"]);
  });
});

describe("statistics for a terminal and for programs", () => {
  const recording = incidentRecording();
  const analysis = analyse(recording);

  test("a row a series, every line within the width where it is verbose", () => {
    const text = statisticsText(recording, analysis, { verbose: true, width: 100 });
    expect(text).toContain("NSO core (ncs.smp) RSS");
    expect(text).toContain("Kurtosis error");
    const blocks = text.split("\n\n").slice(2, -3);
    expect(blocks.length).toBeGreaterThan(3);
    expect(
      Math.max(...blocks.flatMap((block) => block.split("\n").map((row) => row.length))),
    ).toBeLessThanOrEqual(100);
  });

  test("of nothing is a sentence", () => {
    const none = sampleRecording({ startMs, ticks: 0 });
    expect(statisticsText(none, analyse(none), { verbose: false, width: 80 })).toBe(
      "Nothing was measured between the two times.",
    );
  });

  test("json has every figure of every series as a number or null", () => {
    const document = JSON.parse(JSON.stringify(statisticsJson(recording, analysis, "0.1.0")));
    expect(document.series).toHaveLength(13);
    for (const series of document.series) {
      const figures = Object.entries(series).filter(
        ([name]) => !["id", "label", "what", "minimum", "maximum", "last"].includes(name),
      );
      expect(figures.filter(([, value]) => value !== null && typeof value !== "number")).toEqual([]);
    }
    expect(document.recommendation.sysctl[0]).toBe("vm.overcommit_memory = 2");
  });
});
