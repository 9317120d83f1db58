import { expect, test } from "bun:test";
import type { HistoryEvent } from "../../../src/core/recording.ts";
import { eventMarks } from "../../../src/report/picture/event-marks.ts";
import { shownEvents } from "../../../src/report/series/advisory.ts";
import { eventColourOf, eventLabelOf, isEntered } from "../../../src/report/series/event-look.ts";
import { sampleRecording } from "../sample.ts";

const level = (name: "normal" | "warning" | "critical", text: string, atMs = 0): HistoryEvent => ({
  ...{ atMs, type: "level", kind: "physical", level: name, text },
});

test("a level that was left for a lower one is no alarm, and says that it came back", () => {
  const back = level("warning", "physical memory is back to warning: 1 GiB of 2 GiB (91 %)");
  expect(isEntered(back)).toBe(false);
  expect(eventLabelOf(back)).toBe("physical back to warning");
  expect(eventColourOf(back)).toBe("other");
  const up = level("warning", "physical memory is warning: 1 GiB of 2 GiB (91 %)");
  expect([eventLabelOf(up), eventColourOf(up)]).toEqual(["physical warning", "warning"]);
});

test("the marks of a rescue read in its order: warning with its dumps, critical with the signal, then back", () => {
  const action = (atMs: number, text: string): HistoryEvent => ({
    atMs,
    type: "action",
    level: "critical",
    text,
  });
  const events = [
    level("normal", "physical memory is normal: x", 10),
    level("warning", "physical memory is warning: x", 1000),
    action(1001, "debug-dump begins"),
    level("critical", "physical memory is critical: x", 5000),
    action(5001, "crash-dump begins"),
    action(7000, "crash-dump done: complete"),
    level("warning", "physical memory is back to warning: x", 9000),
  ];
  const labels = eventMarks(events, { fromMs: 0, toMs: 10_000, width: 1000 }).map((mark) => mark.label);
  expect(labels).toEqual([
    "physical warning, debug dump begins",
    "physical critical, crash dump (SIGUSR1) begins",
    "crash dump (SIGUSR1) done",
    "physical back to warning",
  ]);
});

test("a level that nothing enforces has no colour of an alarm, in a history of an older version neither", () => {
  const old = {
    ...level("critical", "committed memory is critical: x"),
    kind: "allocated",
    incidentId: "i",
  } as const;
  const recording = { ...sampleRecording({ startMs: 0, ticks: 1, overcommitMode: 0 }), events: [old] };
  const [shown] = shownEvents(recording);
  expect(shown && [eventColourOf(shown), eventLabelOf(shown), shown.incidentId]).toEqual([
    "other",
    "committed critical (advisory)",
    undefined,
  ]);
  expect(shownEvents({ ...recording, overcommitMode: 2 })).toEqual([old]);
});

test("a forecast is a warning while it stands, and says so in few words", () => {
  const forecast = (text: string) =>
    ({ atMs: 0, type: "forecast", kind: "physical", text: `physical memory: ${text}` }) as const;
  const begun = forecast("critical within about 40 min at +12.0 MiB/min, Python VM l3vpn grows");
  const ended = forecast("forecast ended: memory does not grow towards critical any more");
  expect([eventColourOf(begun), eventLabelOf(begun)]).toEqual(["warning", "physical critical foreseen"]);
  expect([eventColourOf(ended), eventLabelOf(ended)]).toEqual(["other", "forecast ended"]);
});
