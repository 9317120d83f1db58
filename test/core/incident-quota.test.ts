import { describe, expect, test } from "bun:test";
import { type IncidentQuota, removals, type StoredIncident } from "../../src/core/incident-quota.ts";

const plenty: IncidentQuota = { countMax: 100, dumpsMax: 100, bytesMax: 1e12 };

/** The newest first: "5" is one with dumps of so many bytes, and 1 byte of other files. */
const stored = (...dumpBytes: number[]): StoredIncident[] =>
  dumpBytes.map((bytes, index) => ({
    id: `i${dumpBytes.length - index}`,
    bytes: bytes + 1,
    dumps: { count: bytes > 0 ? 3 : 0, bytes },
    isOpen: false,
  }));
const gone = (incidents: StoredIncident[], quota: Partial<IncidentQuota>, wantedBytes = 0) =>
  removals(incidents, { ...plenty, ...quota }, wantedBytes).map(
    ({ id, what, because }) => `${id} ${what} ${because}`,
  );

test("what is within its quota stays", () => {
  expect(gone(stored(10, 10, 10), { countMax: 3, dumpsMax: 9, bytesMax: 33 })).toEqual([]);
});

describe("beyond", () => {
  test("their number the oldest go, dumps or not", () =>
    expect(gone(stored(0, 10, 0, 10), { countMax: 2 })).toEqual([
      "i1 incident count_max",
      "i2 incident count_max",
    ]));

  test("the number of dumps the oldest lose theirs, and their records stay", () =>
    expect(gone(stored(10, 10, 0, 10), { dumpsMax: 6 })).toEqual(["i1 dumps dumps_max"]));

  test("their size the oldest lose their dumps, and only where that is not enough all of it", () => {
    expect(gone(stored(10, 10, 10, 10), { bytesMax: 24 })).toEqual([
      "i1 dumps size_max",
      "i2 dumps size_max",
    ]);
    expect(gone(stored(10, 10, 10), { bytesMax: 12 })).toEqual(["i1 incident size_max", "i2 dumps size_max"]);
  });

  test("the free space the oldest dumps go that make room for it", () =>
    expect(gone(stored(10, 10, 10, 10), {}, 15)).toEqual(["i1 dumps free_min", "i2 dumps free_min"]));
});

test("no dump is given away for room that all of them cannot make", () => {
  expect(gone(stored(10, 10, 10), {}, 21)).toEqual([]);
  expect(gone(stored(10, 10, 10), {}, 20)).toHaveLength(2);
});

describe("the newest", () => {
  test("keeps everything, whatever the quota", () => {
    expect(gone(stored(10), { countMax: 0, dumpsMax: 0, bytesMax: 0 }, 5)).toEqual([]);
    expect(gone(stored(10, 10), { countMax: 0, dumpsMax: 0, bytesMax: 0 }, 5)).toEqual([
      "i1 incident count_max",
    ]);
  });

  test("is not the only one: those that something is done about keep everything too", () => {
    const incidents = stored(10, 10, 10).map((one) => ({ ...one, isOpen: one.id === "i1" }));
    expect(gone(incidents, { countMax: 1 })).toEqual(["i2 incident count_max"]);
  });
});
