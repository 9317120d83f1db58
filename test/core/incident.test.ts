import { describe, expect, test } from "bun:test";
import { summariseIncident } from "../../src/core/incident.ts";
import { parseStep, type RecordedStep } from "../../src/core/incident-step.ts";

const id = "20261123T214107-832-physical";
const critical = { step: "critical", pid: 7, startTicks: 70, bootId: "b", argv: ["ncs.smp"], places: ["/d"] };
const steps = (...all: ({ step: string } & Record<string, unknown>)[]): RecordedStep[] =>
  all.flatMap((step, index) => {
    const at = new Date(1000 + index).toISOString();
    return parseStep(JSON.stringify({ at, ...step })) ?? [];
  });
const summary = (...all: Parameters<typeof steps>) => summariseIncident(id, steps(...all));

describe("an incident's summary", () => {
  test("one that was only watched has no verdict", () => {
    const ended = { step: "debug-dump-ended", message: "3 of 3 debug dumps", files: ["/i/dump1.bin"] };
    expect(summary({ step: "debug-dump-begun" }, ended)).toMatchObject({
      kind: "physical",
      state: "watched",
      verdict: null,
      sentence: "3 of 3 debug dumps",
      debugDumps: ["/i/dump1.bin"],
    });
  });

  test("a signal without a verdict is unfinished, and everything to finish it is there", () => {
    const { state, begun } = summary(
      critical,
      { step: "signal-intended" },
      { step: "shielded", changes: [{ pid: 8, startTicks: 80, from: 0, to: 1000 }] },
      { step: "signal-sent" },
    );
    expect(state).toBe("unfinished");
    expect(begun).toMatchObject({
      pid: 7,
      startTicks: 70,
      bootId: "b",
      places: ["/d"],
      sent: true,
      atMs: 1003,
    });
    expect(begun?.changes).toEqual([{ pid: 8, startTicks: 80, from: 0, to: 1000 }]);
  });

  test("an intention alone is unfinished too: the agent may have died on either side of the signal", () => {
    expect(summary(critical, { step: "signal-intended" })).toMatchObject({
      state: "unfinished",
      begun: { sent: false },
    });
  });

  test("a verdict finishes it, with the checksum of its dump", () => {
    const verdict = { step: "verdict", word: "complete", message: "whole", dump: { path: "/d", bytes: 5 } };
    const checksum = { step: "checksum", path: "/d", sha256: "abc" };
    expect(
      summary(critical, { step: "signal-intended" }, { step: "signal-sent" }, verdict, checksum),
    ).toMatchObject({
      state: "finished",
      verdict: "complete",
      sentence: "whole",
      crashDump: { path: "/d", bytes: 5, sha256: "abc" },
    });
  });

  test("an agent that was stopped meanwhile has not finished it", () => {
    const verdict = { step: "verdict", word: "unwatched", message: "stopped" };
    expect(summary(critical, { step: "signal-intended" }, verdict).state).toBe("unfinished");
  });

  test("a withheld signal is a decision, not an open end", () => {
    const withheld = { step: "signal-withheld", reason: "there can be no crash dump" };
    expect(summary(critical, { step: "signal-intended" }, withheld)).toMatchObject({
      state: "finished",
      verdict: "withheld",
      sentence: "no signal sent: there can be no crash dump",
    });
  });

  test("memory that became critical again counts by its last time", () => {
    const withheld = { step: "signal-withheld", reason: "not now" };
    const again = [critical, { step: "signal-intended" }, { step: "signal-sent" }];
    expect(summary(critical, withheld, ...again).state).toBe("unfinished");
  });

  test("nothing and nonsense are an incident without a word", () => {
    expect(summariseIncident("info-1", [])).toMatchObject({ kind: null, state: "watched", verdict: null });
    expect(
      summary({ step: "critical", pid: "x" }, { step: "verdict", word: 5, dump: [] }).verdict,
    ).toBeNull();
  });
});
