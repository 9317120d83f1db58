import { describe, expect, test } from "bun:test";
import { checkArc, checkHugePages } from "../../src/doctor/reclaimable.ts";

const gib = 1024 ** 2;
const meminfo = (fields: Record<string, number>) =>
  Object.entries({ MemTotal: 256 * gib, ...fields })
    .map(([name, kib]) => `${name}:   ${kib} kB`)
    .join("\n");

describe("huge pages", () => {
  test("are no line where there are none", () =>
    expect(checkHugePages(meminfo({ Hugetlb: 0, HugePages_Total: 0 }))).toEqual([]));

  test("are what NSO never gets, of every size", () => {
    const [check] = checkHugePages(
      meminfo({ Hugetlb: 240 * gib, HugePages_Total: 120, HugePages_Free: 1, Hugepagesize: 1024 }),
    );
    expect(check).toMatchObject({
      verdict: "ok",
      found: expect.stringContaining("percentages are of the other 16.0 GiB"),
    });
  });

  test("are counted on an old kernel too, and are a warning where none is in use", () => {
    const [check] = checkHugePages(
      meminfo({ HugePages_Total: 1024, HugePages_Free: 1024, Hugepagesize: 2048 }),
    );
    expect(check).toMatchObject({ verdict: "warn", found: expect.stringContaining("2.0 GiB of 256") });
  });
});

describe("the cache of ZFS", () => {
  const arcstats = [
    "13 1 0x01 147 39984 6000000000 8000000000",
    "name                            type data",
    `c_min                           4    ${1024 ** 3}`,
    `size                            4    ${9 * 1024 ** 3}`,
    `hdr_size                        4    77`,
  ].join("\n");

  test("says how much of it is given back", () =>
    expect(checkArc(arcstats, true)).toMatchObject([
      { verdict: "ok", found: expect.stringContaining("9.0 GiB, of which 8.0 GiB are given back") },
    ]));

  test("that cannot be read is a warning where ZFS is in use, and no line where it is not", () => {
    expect(checkArc(undefined, true)).toMatchObject([
      { verdict: "warn", found: expect.stringContaining("counts as used") },
    ]);
    expect(checkArc(undefined, false)).toEqual([]);
  });
});
