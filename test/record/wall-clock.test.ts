import { describe, expect, test } from "bun:test";
import { parseDay, wallClock } from "../../src/record/wall-clock.ts";

const first = { year: 2026, month: 1, day: 13 };
const at = (hour: number, minute = 0, second = 0) => hour * 3600 + minute * 60 + second;

/** The moments of clock times in a time zone, which a process has one of. */
function moments(timeZone: string, day: string, times: number[]): string[] {
  const script = `
    import { parseDay, wallClock } from ${JSON.stringify(`${import.meta.dir}/../../src/record/wall-clock.ts`)};
    const clock = wallClock(parseDay(${JSON.stringify(day)}));
    console.log(JSON.stringify(${JSON.stringify(times)}.map((seconds) => new Date(clock.next(seconds)).toISOString())));
  `;
  const result = Bun.spawnSync([process.execPath, "-e", script], { env: { ...process.env, TZ: timeZone } });
  return JSON.parse(result.stdout.toString());
}

describe("a clock without a date", () => {
  test("counts midnights", () => {
    const clock = wallClock(first);
    const times = [at(23, 59, 59), at(0, 0, 0), at(12), at(23, 59, 58), at(0, 0, 3)].map((seconds) =>
      clock.next(seconds),
    );
    expect(times.map((ms) => new Date(ms).getDate())).toEqual([13, 14, 14, 14, 15]);
    expect(clock.midnights).toBe(2);
  });

  test("a step back of half a day is a midnight only when it is more", () => {
    const exactly = wallClock(first);
    exactly.next(at(12));
    exactly.next(at(0));
    expect(exactly.midnights).toBe(0);
    const more = wallClock(first);
    more.next(at(12, 0, 1));
    more.next(at(0));
    expect(more.midnights).toBe(1);
  });

  test("the hour that comes twice in autumn comes twice", () => {
    expect(
      moments("Europe/Prague", "2025-10-26", [at(2, 59, 59), at(2, 0, 0), at(2, 59, 59), at(3)]),
    ).toEqual([
      "2025-10-26T00:59:59.000Z",
      "2025-10-26T01:00:00.000Z",
      "2025-10-26T01:59:59.000Z",
      "2025-10-26T02:00:00.000Z",
    ]);
  });

  test("the hour that is left out in spring is left out", () => {
    expect(moments("Europe/Prague", "2026-03-29", [at(1, 59, 59), at(3, 0, 0)])).toEqual([
      "2026-03-29T00:59:59.000Z",
      "2026-03-29T01:00:00.000Z",
    ]);
  });
});

test("days that are not in the calendar are refused", () => {
  expect(parseDay("2026-02-28")).toEqual({ year: 2026, month: 2, day: 28 });
  expect(parseDay("2026-02-29")).toBeUndefined();
  expect(parseDay("2026-13-01")).toBeUndefined();
  expect(parseDay("13.1.2026")).toBeUndefined();
});
