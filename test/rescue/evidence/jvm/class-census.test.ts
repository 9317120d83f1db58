import { describe, expect, test } from "bun:test";
import { censusClasses } from "../../../../src/rescue/evidence/jvm/class-census.ts";
import { seeded } from "../made-up-memory.ts";
import { libraryBase, type MadeUpJvm, type MadeUpOptions, madeUpJvm } from "./made-up-jvm.ts";

/** Layout helpers as HotSpot has them: an instance of 24 bytes, and arrays with a header of 16. */
const route = { name: "net/Route", layoutHelper: 24 };
const longs = { name: "[J", layoutHelper: (0xc0 << 24) | (16 << 16) | (11 << 8) | 3 };
const bytes = { name: "[B", layoutHelper: (0xc0 << 24) | (16 << 16) | (8 << 8) | 0 };
const compressed = ["UseCompressedClassPointers"];

const censusOf = ({ memory, areas }: MadeUpJvm, pagesMax = 4096) =>
  censusClasses(memory, areas, { pagesMax, random: seeded(1) });

/** Objects in a row, `count` of each class. */
function filled(options: MadeUpOptions, count: number, items: number): MadeUpJvm {
  const jvm = madeUpJvm(options);
  for (let index = 0; index < count; index++)
    for (const [which, klass] of jvm.klasses.entries()) jvm.object((index * 2 + which) * 128, klass, items);
  return jvm;
}

describe("a census of classes", () => {
  test("has each class by the name that Java gives it, with its number and size", () => {
    const census = censusOf(filled({ classes: [route, longs], flags: compressed }, 200, 10));
    if ("unknown" in census) throw new Error(census.unknown);
    expect(census.kinds).toEqual([
      { name: "long[]", count: 200, bytes: 200 * (16 + 80) },
      { name: "net.Route", count: 200, bytes: 200 * 24 },
    ]);
  });

  test("of a part of the pages is what all of them would have, about", () => {
    const jvm = filled({ classes: [route, longs], flags: compressed }, 8000, 10);
    const census = censusOf(jvm, 200);
    if ("unknown" in census) throw new Error(census.unknown);
    expect(census.pagesSampled).toBeWithin(150, 201);
    for (const { count } of census.kinds) expect(Math.abs(count - 8000)).toBeLessThan(800);
  });

  test("counts the arrays that G1 gives regions of their own, and does not estimate them", () => {
    const regionBytes = 2 ** 20;
    const jvm = madeUpJvm({ classes: [bytes], flags: [...compressed, "UseG1GC"], regionBytes });
    for (const region of [0, 2]) jvm.object(region * regionBytes, jvm.klasses[0] ?? 0, 600_000);
    const census = censusOf(jvm);
    if ("unknown" in census) throw new Error(census.unknown);
    expect(census.kinds).toEqual([{ name: "byte[]", count: 2, bytes: 2 * 600_016 }]);
  });

  test("is not made where objects look otherwise, and says why", () => {
    const unknown = (flag: string) =>
      censusOf(filled({ classes: [route], flags: [...compressed, flag] }, 10, 0));
    expect(unknown("UseZGC")).toEqual({ unknown: "ZGC: not known" });
    expect(unknown("UseCompactObjectHeaders")).toEqual({ unknown: "compact object headers: not known" });
  });

  test("is not made of a process that is no JVM", () => {
    const { memory } = madeUpJvm({ classes: [] });
    const none = censusClasses(memory, [], { pagesMax: 10, random: seeded(1) });
    expect(none).toEqual({ unknown: "no libjvm.so is mapped: it is no HotSpot JVM" });
  });
});

describe("a JVM's user who writes what he likes", () => {
  test("gets no more than bounded work and no exception, whatever the bytes of the library and the heap are", () => {
    const random = seeded(7);
    for (let round = 0; round < 150; round++) {
      const jvm = filled({ classes: [route, longs], flags: compressed }, 20, 10);
      for (let flips = 0; flips < 1 + round / 3; flips++) {
        const at = libraryBase + Math.floor(random() * 0x7000);
        const places = [
          at,
          0x7f10_0000_0000 + Math.floor(random() * 0x9000),
          0x8_0000_0000 + Math.floor(random() * 0x400),
        ];
        const place = places[flips % 3] ?? at;
        if (jvm.memory.isResident(place)) jvm.memory.bytes(place, Buffer.from([Math.floor(random() * 256)]));
      }
      const census = censusOf(jvm);
      if (!("unknown" in census)) expect(census.kinds.length).toBeLessThanOrEqual(50);
      expect(jvm.memory.reads()).toBeLessThan(200_000);
    }
  });

  test("is not followed when every address holds the same one: tables and names end at their bounds", () => {
    let reads = 0;
    const same = {
      read(_: number, into: Buffer) {
        reads++;
        for (let at = 0; at + 8 <= into.length; at += 8) into.writeBigUInt64LE(0x7f00_0000_1000n, at);
        return true;
      },
      isResident: () => true,
    };
    const areas = [
      { from: 0x1000, to: 2 ** 46, mode: "rw-p", offset: 0, path: "" },
      { from: libraryBase, to: libraryBase + 4096, mode: "r--p", offset: 0, path: "/libjvm.so" },
    ];
    expect(censusClasses(same, areas, { pagesMax: 64, random: seeded(1) })).toHaveProperty("unknown");
    expect(reads).toBeLessThan(1000);
  });

  test("cannot give a class a name that a terminal would obey, or one without end", () => {
    const hostile = { name: "a\u001b[31mb", layoutHelper: 24 };
    const long = { name: "x".repeat(5000), layoutHelper: 24 };
    const census = censusOf(filled({ classes: [hostile, long], flags: compressed }, 20, 0));
    expect(census).toMatchObject({ kinds: [] });
  });
});
