import { expect, test } from "bun:test";
import { describeForecast, growerOf, shortForecast } from "../../src/core/forecast-text.ts";
import type { MemoryUse } from "../../src/core/growth.ts";
import { createUseWindow } from "../../src/core/use-window.ts";

const minuteMs = 60_000;
const mib = 1024;
const use = (minute: number, held: Record<string, number>, restKib = 0): MemoryUse => ({
  atMs: minute * minuteMs,
  ceiling: "host",
  restKib,
  processes: Object.entries(held).map(([name, rssKib], index) => ({
    group: "pythonvm",
    name,
    pid: 100 + index,
    startTicks: 0,
    rssKib,
  })),
});

test("over minutes the newest sample counts, over hours what nobody gave back", () => {
  const window = createUseWindow();
  // `saw` goes up and down by 500 MiB in 3 min, `leak` grows by 2 MiB a minute.
  for (let minute = 0; minute < 120; minute += 0.25)
    window.take(use(minute, { saw: (100 + 500 * ((minute % 3) / 3)) * mib, leak: (50 + 2 * minute) * mib }));
  const grower = (overMs: number) => window.growth(overMs)[0]?.name;
  expect(grower(96 * minuteMs)).toBe("leak");
  expect(window.growth(5 * minuteMs).map(({ overMs }) => overMs)[0]).toBe(5 * minuteMs);
  window.clear();
  expect(window.growth(5 * minuteMs)).toEqual([]);
});

test("what is kept of a server with a thousand VMs for a day is bounded", () => {
  const window = createUseWindow();
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`vm${n}`, 1000 + n]));
  for (let minute = 0; minute < 1440; minute += 2) window.take(use(minute, many));
  expect(window.growth(7 * 1440 * minuteMs)).toHaveLength(65);
  expect(window.growth(7 * 1440 * minuteMs)[0]?.overMs).toBeLessThanOrEqual(96 * 4 * minuteMs);
});

test("who has a third of the growth is named, and nobody with less", () => {
  const forecast = { kibPerMinute: 12 * mib, inMs: 38.2 * minuteMs, windowMs: 60 * minuteMs };
  const grew = (mibInHour: number) => [
    {
      group: "pythonvm" as const,
      name: "l3vpn",
      pid: 1,
      startTicks: 0,
      nowKib: 1,
      grewKib: mibInHour * mib,
      overMs: 60 * minuteMs,
    },
  ];
  expect(describeForecast(forecast, growerOf(forecast, grew(240)))).toBe(
    "critical within about 40 min at +12.0 MiB/min, Python VM l3vpn grows",
  );
  expect(describeForecast(forecast, growerOf(forecast, grew(239)))).toBe(
    "critical within about 40 min at +12.0 MiB/min",
  );
  expect(growerOf(forecast, [])).toBeUndefined();
  expect(shortForecast(12.1 * minuteMs)).toBe("critical <13 min");
  expect(shortForecast(0)).toBe("critical <1 min");
  expect(shortForecast(119 * minuteMs)).toBe("critical <2 h");
  expect(shortForecast(121 * minuteMs)).toBe("critical <2 h 5 min");
});
