import { expect, test } from "bun:test";
import { areasWithin, areasWithout, isAllocated, parseMemoryAreas } from "../../src/core/memory-areas.ts";

const text = `55d0c0a00000-55d0c0a21000 rw-p 00000000 00:00 0                          [heap]
7f0000000000-7f0000400000 rw-p 00000000 00:00 0
7f0000400000-7f0000500000 r-xp 00001000 08:01 1234                       /usr/lib/jvm/lib/server/libjvm.so (deleted)
7f0000600000-7f0000700000 rw-s 00000000 00:01 99                         /dev/zero (deleted)
7f0000700000-7f0000800000 rw-p 00000000 00:00 0                          [anon: glibc: malloc]
7fff00000000-7fff00021000 rw-p 00000000 00:00 0                          [stack]
`;

test("areas have their bounds, their mode and what is behind them", () => {
  const areas = parseMemoryAreas(text);
  expect(areas).toHaveLength(6);
  expect(areas[2]).toEqual({
    from: 0x7f0000400000,
    to: 0x7f0000500000,
    mode: "r-xp",
    offset: 0x1000,
    path: "/usr/lib/jvm/lib/server/libjvm.so (deleted)",
  });
});

test("what was allocated is private, writable and of no file, by whatever name; a stack is none", () => {
  const allocated = parseMemoryAreas(text).filter(isAllocated);
  expect(allocated.map(({ path }) => path)).toEqual(["[heap]", "", "[anon: glibc: malloc]"]);
});

test("lines that are not understood are left out", () => {
  expect(parseMemoryAreas("")).toEqual([]);
  expect(parseMemoryAreas("nonsense\n7f00-7f0g rw-p 0 0 0\n-- rw-p 00 00:00 0")).toEqual([]);
});

test("parts between two addresses are cut at both", () => {
  const areas = parseMemoryAreas(text);
  expect(areasWithin(areas, { from: 0x7f0000300000, to: 0x7f0000450000 })).toMatchObject([
    { from: 0x7f0000300000, to: 0x7f0000400000 },
    { from: 0x7f0000400000, to: 0x7f0000450000 },
  ]);
  expect(areasWithin(areas, { from: 0, to: 1 })).toEqual([]);
});

test("parts outside of some extents are what is between them", () => {
  const area = (from: number, to: number) => ({ from, to, mode: "rw-p", offset: 0, path: "" });
  const extents = [
    { from: 0, to: 10 },
    { from: 20, to: 30 },
    { from: 90, to: 120 },
  ];
  expect(areasWithout([area(5, 100), area(110, 115), area(118, 130)], extents)).toEqual([
    { from: 10, to: 20 },
    { from: 30, to: 90 },
    { from: 120, to: 130 },
  ]);
  expect(areasWithout([area(5, 9)], [])).toEqual([{ from: 5, to: 9 }]);
});
