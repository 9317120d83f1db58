import { describe, expect, test } from "bun:test";
import { timeTicks, zoneChanges } from "../../../src/report/series/time-ticks.ts";
import { clock, day, moment, utcOffset, zoneOf } from "../../../src/report/series/zone.ts";

const prague = zoneOf("Europe/Prague");
const ms = (text: string) => Date.parse(text);
const labels = (from: string, to: string, zone = prague, ticksMax = 12) =>
  timeTicks(ms(from), ms(to), zone, ticksMax).map(({ label, date }) => (date ? `${label} ${date}` : label));

describe("wall clock", () => {
  test("in the server's zone, in winter and in summer", () => {
    expect(clock(prague, ms("2026-01-13T12:05:09Z"), { seconds: true })).toBe("13:05:09");
    expect(clock(prague, ms("2026-07-13T12:05:09Z"))).toBe("14:05");
    expect(day(prague, ms("2026-01-13T23:30:00Z"), { year: true })).toBe("Wed 14 Jan 2026");
    expect(moment(prague, ms("2026-01-13T12:05:09Z"))).toBe("13 Jan 13:05:09");
    expect(utcOffset(prague, ms("2026-01-13T12:00:00Z"))).toBe("UTC+01:00");
    expect(utcOffset(zoneOf("America/St_Johns"), ms("2026-01-13T12:00:00Z"))).toBe("UTC−03:30");
  });

  test("an unknown zone is UTC and says so", () => {
    expect(zoneOf("Middle-earth/Shire").name).toBe("UTC");
  });
});

describe("ticks", () => {
  test("stand on round times, the date on the first and on each new day", () => {
    expect(labels("2026-01-13T20:00:00Z", "2026-01-14T02:00:00Z", prague, 8)).toEqual([
      "21:00 Tue 13 Jan",
      "22:00",
      "23:00",
      "00:00 Wed 14 Jan",
      "01:00",
      "02:00",
      "03:00",
    ]);
  });

  test("have seconds where they are closer than a minute", () => {
    expect(labels("2026-01-13T12:00:00Z", "2026-01-13T12:01:00Z", prague, 4)).toEqual([
      "13:00:00 Tue 13 Jan",
      "13:00:15",
      "13:00:30",
      "13:00:45",
      "13:01:00",
    ]);
  });

  test("are local midnights over a week with the end of daylight saving: the day of 25 hours has one", () => {
    const ticks = timeTicks(ms("2025-10-23T13:00:00Z"), ms("2025-10-30T13:00:00Z"), prague, 10);
    expect(ticks.map(({ label }) => label)).toEqual([
      "Fri 24 Oct",
      "Sat 25 Oct",
      "Sun 26 Oct",
      "Mon 27 Oct",
      "Tue 28 Oct",
      "Wed 29 Oct",
      "Thu 30 Oct",
    ]);
    expect(ticks.every(({ midnight }) => midnight)).toBe(true);
    const lengths = ticks.slice(1).map(({ atMs }, index) => (atMs - (ticks[index]?.atMs ?? 0)) / 3_600_000);
    expect(lengths).toEqual([24, 24, 25, 24, 24, 24]);
  });

  test("of six hours stay on 0, 6, 12, 18 in spring, when a day has 23 hours", () => {
    expect(labels("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", prague, 5)).toEqual([
      "00:00 Sun 29 Mar",
      "06:00",
      "12:00",
      "18:00",
      "00:00 Mon 30 Mar",
    ]);
  });

  test("are never more than asked for, at any length from a second to 14 years", () => {
    for (let lengthMs = 1000; lengthMs < 14 * 365 * 86_400_000; lengthMs *= 2.7) {
      const ticks = timeTicks(ms("2025-10-23T13:00:00Z"), ms("2025-10-23T13:00:00Z") + lengthMs, prague, 10);
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(11);
    }
  });
});

describe("daylight saving", () => {
  test("its end is said, at its moment", () => {
    expect(zoneChanges(ms("2025-10-23T13:00:00Z"), ms("2025-10-30T13:00:00Z"), prague)).toEqual([
      { atMs: ms("2025-10-26T01:00:00Z"), label: "UTC+02:00 → UTC+01:00" },
    ]);
  });

  test("a week without one says nothing, nor does UTC", () => {
    expect(zoneChanges(ms("2026-01-13T00:00:00Z"), ms("2026-01-20T00:00:00Z"), prague)).toEqual([]);
    expect(zoneChanges(ms("2025-10-23T13:00:00Z"), ms("2025-10-30T13:00:00Z"), zoneOf("UTC"))).toEqual([]);
  });
});
