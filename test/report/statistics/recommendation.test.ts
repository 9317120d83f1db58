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

/** Two ticks this far apart whose Committed_AS is exactly this, and at last `lastKib`. */
function committed(kib: number, { more = {} as Partial<typeof meta>, lastKib = kib, spanMs = 1000 } = {}) {
  const recording = sampleRecording({ startMs, ticks: 2, memTotalKib: 16 * gib, meta: { ...meta, ...more } });
  recording.host.committedKib.set([kib, lastKib]);
  recording.host.atMs[1] = startMs + spanMs;
  return recommend(recording, subjectsOf(recording));
}

const aDayMs = 86_400_000;

describe("what is recommended for CommitLimit", () => {
  test("is the guide's ratio, whatever little was committed in a demo", () => {
    const { commit, sentences } = committed(200 * mib);
    expect(commit?.strict.sysctlLines).toEqual(["vm.overcommit_memory = 2", "vm.overcommit_ratio = 95"]);
    expect(sentences[0]).toBe(
      'NSO\'s guide recommends strict overcommit: set vm.overcommit_memory = 2 and vm.overcommit_ratio = 95 in /etc/sysctl.d/90-nso.conf, then run "sysctl --system"; CommitLimit is then 15.2 GiB.',
    );
    expect(sentences.join("\n")).not.toMatch(/ratio (?:= )?[12]\b/);
  });

  test("is less by the share of swap, as the guide has it", () => {
    // floor(100 × 12 / 16) − 5
    expect(committed(8 * gib, { more: { swapTotalKib: 4 * gib } }).commit?.strict.ratio).toBe(70);
    expect(committed(1 * gib, { more: { swapTotalKib: 64 * gib } }).commit?.strict.ratio).toBe(1);
  });

  test("is nothing where what is committed and a tenth is more than that gives, with the reason", () => {
    const { commit, sentences } = committed(14 * gib);
    expect(commit?.strict.sysctlLines).toEqual([]);
    expect(sentences[0]).toContain("not recommended as the host is: 14.0 GiB are committed");
    expect(sentences[0]).toContain("leave vm.overcommit_memory as it is");
    expect(sentences.join("\n")).not.toContain("vm.overcommit_memory = 2");
  });

  test("goes by what is committed at last: 15.2 GiB of limit take 13.8 and a tenth, and no more", () => {
    const limitKib = Math.floor((16 * gib * 95) / 100);
    const most = Math.floor(limitKib / 1.1);
    expect(committed(15 * gib, { lastKib: most }).commit?.strict.refusal).toBeUndefined();
    expect(committed(1 * gib, { lastKib: most + 1 }).commit?.strict.refusal).toBeDefined();
  });

  test("counts huge pages against it: half of the RAM in them leaves half of the limit", () => {
    expect(committed(8 * gib, { more: { hugePagesKib: 8 * gib } }).commit?.strict.refusal).toBeDefined();
    expect(committed(6 * gib, { more: { hugePagesKib: 8 * gib } }).commit?.strict.refusal).toBeUndefined();
  });

  test("is nothing where swap is not known, as in inherited files", () => {
    const { commit, sentences } = committed(8 * gib, { more: { swapTotalKib: undefined } });
    expect(commit?.strict.sysctlLines).toEqual([]);
    expect(sentences[0]).toContain("not known");
  });

  test("the inherited figure is information, and comes after a day of data", () => {
    const short = committed(8 * gib, { spanMs: aDayMs - 1 });
    expect(short.commit?.use.inherited).toBeUndefined();
    expect(short.sentences[1]).toContain("too short to say what this host needs");
    const { commit, sentences } = committed(8 * gib, { spanMs: aDayMs });
    // 100 × 8.8 / 16 = 55, which rounding up of the KiB makes 56.
    expect(commit?.use.inherited).toEqual({ commitLimitKib: Math.ceil(8.8 * gib), overcommitRatio: 56 });
    expect(sentences[1]).toStartWith("For information: Committed_AS reached 8.0 GiB in 1 d 0 h; with 10 %");
    expect(commit?.strict.sysctlLines[1]).toBe("vm.overcommit_ratio = 95");
  });

  test("the inherited figure counts swap for it and huge pages against it", () => {
    const more = { swapTotalKib: 4 * gib, hugePagesKib: 4 * gib };
    // 100 × (8.8 − 4) / (16 − 4) = 40
    expect(committed(8 * gib, { more, spanMs: aDayMs }).commit?.use.inherited?.overcommitRatio).toBe(41);
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
  test("of an incident: itself first and what came of it, then who grew towards it", () => {
    const { findings } = analyse(incidentRecording());
    expect(findings.map(({ tone }) => tone)).toEqual(["critical", "critical", "ok"]);
    expect(findings[0]?.text).toBe(
      "Incident 20251123T135151-allocated: committed memory became critical at 23 Nov 14:50:59. SIGUSR1 to NSO (pid 8571).",
    );
    expect(findings[1]?.text).toBe(
      "Committed_AS was critical: 99.2 % of CommitLimit (11.7 GiB of 11.8 GiB) at 23 Nov 14:53:10. In the 30 min before, NSO core (ncs.smp) grew by 5.5 GiB of private writable memory, Committed_AS as a whole by 5.5 GiB.",
    );
  });

  /** NSO was ended at 95.1 % of its cgroup, on a host with plenty of memory. */
  function rescuedInCgroup() {
    const incidentId = "20251123T130951-000-physical";
    const at = (tick: number) => startMs + tick * 1000;
    const common = { kind: "physical", level: "critical", incidentId } as const;
    const recording = sampleRecording({
      startMs,
      ticks: 60,
      events: [
        { atMs: at(50), type: "level", text: "physical 95.1 %: critical", ...common },
        { atMs: at(50), type: "action", text: "crash-dump begins", ...common },
        { atMs: at(55), type: "action", text: "crash-dump done: NSO's crash dump is complete", ...common },
        { atMs: at(56), type: "action", text: "run:/page done: ok", ...common },
      ],
    });
    const atMs = Float64Array.from({ length: 20 }, (_, index) => at(index + 31));
    const usedKib = atMs.map((_, index) => (1331.7 - (19 - index) * 20) * mib);
    const ceilings = [{ name: "cgroup:/nso", atMs, usedKib, limitKib: atMs.map(() => 1400 * mib) }];
    return { ...recording, ceilings };
  }

  test("of a rescue by a cgroup: the incident with its verdict, then that limit and not the host's", () => {
    const { findings } = analyse(rescuedInCgroup());
    expect(findings[0]).toMatchObject({
      tone: "critical",
      text: "Incident 20251123T130951-000-physical: physical memory became critical at 23 Nov 14:10:41. NSO's crash dump is complete.",
    });
    expect(findings[1]?.text).toStartWith(
      "Physical memory was critical: 95.1 % of cgroup:/nso (1.3 GiB of 1.4 GiB)",
    );
    expect(findings.map(({ text }) => text).join("\n")).not.toContain(
      "Physical memory stayed within its limits",
    );
  });

  test("of several incidents: the gravest, with the number of the others", () => {
    const recording = rescuedInCgroup();
    const later = { atMs: startMs + 58_000, type: "level", kind: "physical", level: "warning" } as const;
    const events = [...recording.events, { ...later, text: "91 %", incidentId: "later" }];
    const [first] = analyse({ ...recording, events }).findings;
    expect(first?.text).toContain("Incident 20251123T130951-000-physical");
    expect(first?.text).toEndWith("1 more incident: see the list of events.");
  });

  test("of allocated memory in mode 0: no incident in any count", () => {
    const { events, ...rest } = incidentRecording();
    const recording = { ...rest, overcommitMode: 0, events: events.filter(({ type }) => type !== "action") };
    const { findings } = analyse(recording);
    expect(findings.map(({ text }) => text).join("\n")).not.toMatch(/incident/i);
    expect(findings.map(({ tone }) => tone)).not.toContain("critical");
  });

  test("of steady growth: when the limit is reached, as a warning within a day and a note beyond", () => {
    const found = (kibPerSecond: number, ticks = 1500) =>
      analyse(sampleRecording({ startMs, ticks, coreKib: (tick) => gib + tick * kibPerSecond })).findings;
    const growing = (kibPerSecond: number) =>
      found(kibPerSecond).filter(({ text }) => text.includes("grows by"));
    const [fast] = growing(1000);
    expect(fast?.tone).toBe("warning");
    // What was seen for less than half an hour has no forecast.
    expect(fast?.text).toMatch(
      /^MemUsed grows by 58\.\d MiB\/min \(r² [\d.]+\): at this rate its limit is reached in \d h \d+ min\.$/,
    );
    const foreseen = found(1000, 3600).map(({ text }) => text);
    expect(foreseen.filter((text) => text.startsWith("MemUsed grows"))).toEqual([]);
    expect(foreseen.filter((text) => text.includes("critical within about"))).toEqual([
      expect.stringMatching(/^Physical memory at the end: .* at \+5\d\.\d MiB\/min, the core grows\.$/),
    ]);
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
    const peak = peakOf("allocated", subjectsOf(recording), defaultLimits);
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
    expect(document.recommendation).toMatchObject({
      overcommit_ratio: null,
      guide_ratio: expect.any(Number),
    });
  });
});
