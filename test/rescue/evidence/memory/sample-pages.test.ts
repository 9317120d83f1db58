import { describe, expect, test } from "bun:test";
import { planSample } from "../../../../src/rescue/evidence/memory/sample-pages.ts";
import { seeded } from "../made-up-memory.ts";

const areas = [
  { from: 0x10000, to: 0x10000 + 10 * 4096 },
  { from: 0x900000, to: 0x900000 + 30 * 4096 },
];
const inside = (place: number) => areas.some(({ from, to }) => place >= from && place < to);

describe("a plan of a sample", () => {
  test("has each page once where there are few, in no order", () => {
    const { places, pagesInAll } = planSample(areas, 100, seeded(1));
    expect(pagesInAll).toBe(40);
    expect(new Set(places).size).toBe(40);
    expect([...places].every((place) => place % 4096 === 0 && inside(place))).toBe(true);
    expect([...places]).not.toEqual([...places].sort((a, b) => a - b));
  });

  test("has one of each equal part where there are more", () => {
    const { places } = planSample(areas, 20, seeded(1));
    const parts = [...places].map((place) =>
      Math.floor((place < 0x900000 ? (place - 0x10000) / 4096 : 10 + (place - 0x900000) / 4096) / 2),
    );
    expect(parts.sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
  });

  test("of nothing is empty", () => {
    expect(planSample([], 10, seeded(1)).places).toHaveLength(0);
    expect(planSample([{ from: 4096, to: 4097 }], 10, seeded(1)).places).toHaveLength(0);
    expect(planSample([{ from: 8192, to: 4096 }], 10, seeded(1)).pagesInAll).toBe(0);
  });

  test("stays small for an area without end", () => {
    expect(planSample([{ from: 4096, to: 2 ** 47 }], 1000, seeded(1)).places).toHaveLength(1000);
  });
});
