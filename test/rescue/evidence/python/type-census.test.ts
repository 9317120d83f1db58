import { describe, expect, test } from "bun:test";
import { censusTypes } from "../../../../src/rescue/evidence/python/type-census.ts";
import { type MadeUpMemory, madeUpMemory, seeded } from "../made-up-memory.ts";

const heap = 0x7f00_0000_0000;
const types = 0x7f10_0000_0000;
const typeOfTypes = types;

interface MadeUpType {
  name: string;
  size: number;
  itemSize?: number;
  isCollected?: boolean;
  /** Its own type; `type` where nothing is said. */
  metaclass?: number;
}

function writeType(memory: MadeUpMemory, at: number, type: MadeUpType): number {
  memory.word(at, 3);
  memory.word(at + 8, type.metaclass ?? typeOfTypes);
  memory.word(at + 24, at + 0x180);
  memory.word(at + 32, type.size);
  memory.word(at + 40, type.itemSize ?? 0);
  memory.word(at + 168, type.isCollected ? 1 << 14 : 0);
  memory.text(at + 0x180, type.name);
  return at;
}

/** `count` objects of each of `wanted`, with a reference count of 2 and `items`. */
function filled(wanted: readonly MadeUpType[], count: number, { items = 0, references = 2 } = {}) {
  const memory = madeUpMemory();
  writeType(memory, typeOfTypes, { name: "type", size: 408, isCollected: true });
  const places = wanted.map((type, index) => writeType(memory, types + (index + 1) * 0x400, type));
  for (let index = 0; index < count; index++)
    for (const [which, type] of places.entries()) {
      const at = heap + (index * places.length + which) * 64;
      memory.word(at, references);
      memory.word(at + 8, type);
      memory.word(at + 16, items);
    }
  const pages = Math.ceil((count * places.length * 64) / 4096);
  const areas = [{ from: heap, to: heap + pages * 4096, mode: "rw-p", offset: 0, path: "" }];
  return { memory, areas, places };
}

const censusOf = ({ memory, areas }: ReturnType<typeof filled>) =>
  censusTypes(memory, areas, { pagesMax: 4096, random: seeded(1) });

describe("a census of types", () => {
  test("has each type by name, with what the collector puts before its objects", () => {
    const census = censusOf(
      filled(
        [
          { name: "Session", size: 48, isCollected: true },
          { name: "float", size: 24 },
        ],
        128,
      ),
    );
    expect(census).toMatchObject({
      kinds: [
        { name: "Session", count: 128, bytes: 128 * 64 },
        { name: "float", count: 128, bytes: 128 * 24 },
      ],
    });
  });

  test("adds the items of those that have some, where there are enough to know their mean", () => {
    const tuple = { name: "tuple", size: 24, itemSize: 8 };
    expect(censusOf(filled([tuple], 64, { items: 3 }))).toMatchObject({ kinds: [{ bytes: 64 * 48 }] });
    expect(censusOf(filled([tuple], 8, { items: 1000 }))).toMatchObject({ kinds: [{ bytes: 8 * 24 }] });
  });

  test("knows immortal objects (3.12 and later) and not freed ones", () => {
    const immortal = filled([{ name: "str", size: 40 }], 64, { references: 0xffff_ffff });
    expect(censusOf(immortal)).toMatchObject({ kinds: [{ name: "str", count: 64 }] });
    const freed = filled([{ name: "str", size: 40 }], 64, { references: 0 });
    expect(censusOf(freed)).toHaveProperty("unknown");
    const chained = filled([{ name: "str", size: 40 }], 64, { references: 0x7f00_0000_1230 });
    expect(censusOf(chained)).toHaveProperty("unknown");
  });

  test("knows types of a metaclass", () => {
    const { memory, areas, places } = filled([{ name: "Model", size: 48 }], 64);
    const metaclass = writeType(memory, types + 0x2000, { name: "ModelMeta", size: 408 });
    memory.word((places[0] ?? 0) + 8, metaclass);
    expect(censusTypes(memory, areas, { pagesMax: 100, random: seeded(1) })).toMatchObject({
      kinds: [{ name: "Model" }],
    });
  });

  test("of a process without such types says so", () => {
    const memory = madeUpMemory();
    memory.bytes(heap, Buffer.alloc(40_960, 7));
    const areas = [{ from: heap, to: heap + 40_960, mode: "rw-p", offset: 0, path: "" }];
    const census = censusTypes(memory, areas, { pagesMax: 100, random: seeded(1) });
    expect(census).toEqual({ unknown: expect.stringContaining("no types of CPython 3.8 to 3.13") });
  });
});

describe("a Python's user who writes what he likes", () => {
  test("cannot lead it in a circle, nor give a type a strange name or size", () => {
    const { memory, areas, places } = filled(
      [
        { name: "a\u001b[31m", size: 24 },
        { name: "huge", size: 2 ** 40 },
        { name: "own", size: 24 },
      ],
      64,
    );
    // A type of itself that is not `type`, and one whose name leads to itself.
    memory.word((places[2] ?? 0) + 24, (places[2] ?? 0) + 24);
    expect(censusTypes(memory, areas, { pagesMax: 100, random: seeded(1) })).toHaveProperty("unknown");
  });

  test("gets bounded work and no exception, whatever the bytes are", () => {
    const random = seeded(5);
    for (let round = 0; round < 100; round++) {
      const { memory, areas } = filled(
        [
          { name: "A", size: 32 },
          { name: "B", size: 64 },
        ],
        64,
      );
      for (let flips = 0; flips < 50; flips++) {
        const place = (flips % 2 ? heap : types) + Math.floor(random() * 0x1000);
        if (memory.isResident(place)) memory.bytes(place, Buffer.from([Math.floor(random() * 256)]));
      }
      censusTypes(memory, areas, { pagesMax: 100, random });
      expect(memory.reads()).toBeLessThan(10_000);
    }
  });
});
