import { describe, expect, test } from "bun:test";
import { type DumpFacts, judgeDump } from "../../src/core/dump-prospect.ts";

const gib = 1024 ** 2;
const facts = (changes: Partial<DumpFacts> = {}): DumpFacts => ({
  places: [{ path: "/run/ncs/ncs_crash.dump", freeKib: 100 * gib }],
  environmentRead: true,
  rssKib: 1 * gib,
  ...changes,
});
const place = (freeKib?: number, obstacle?: string) => [{ path: "/d/x.dump", freeKib, obstacle }];

describe("the outlook", () => {
  test("is good with room, a writable place and nothing against it", () => {
    expect(judgeDump(facts())).toEqual({
      outlook: "good",
      path: "/run/ncs/ncs_crash.dump",
      roomKib: 100 * gib,
      needKib: 1.75 * gib,
      reasons: [],
    });
  });

  test("1.75 times the RSS is enough room, one KiB less is a doubt", () => {
    expect(judgeDump(facts({ places: place(1.75 * gib) })).outlook).toBe("good");
    const doubtful = judgeDump(facts({ places: place(1.75 * gib - 1) }));
    expect(doubtful.outlook).toBe("doubtful");
    expect(doubtful.reasons[0]).toContain("would be cut");
  });

  test("less than a twentieth of the RSS is hopeless, exactly that is a doubt", () => {
    expect(judgeDump(facts({ places: place(Math.floor(0.05 * gib)) })).outlook).toBe("hopeless");
    expect(judgeDump(facts({ places: place(Math.ceil(0.05 * gib)) })).outlook).toBe("doubtful");
  });

  test("a size cap that is larger than the dump is no doubt, and makes the need no larger", () => {
    const capped = judgeDump(facts({ bytesMax: 3 * gib * 1024 }));
    expect(capped).toMatchObject({ outlook: "good", needKib: 1.75 * gib });
    expect(judgeDump(facts({ bytesMax: 1 * gib * 1024 }))).toMatchObject({
      outlook: "doubtful",
      needKib: 1 * gib,
    });
  });

  test("50 s are enough for 1 GiB, 49 are a doubt", () => {
    expect(judgeDump(facts({ secondsMax: 50 })).outlook).toBe("good");
    expect(judgeDump(facts({ secondsMax: 49 })).outlook).toBe("doubtful");
  });

  test("is hopeless when dumps are disabled, whatever else holds", () => {
    expect(judgeDump(facts({ disabledBy: "ERL_CRASH_DUMP_SECONDS=0" }))).toMatchObject({
      outlook: "hopeless",
      reasons: ["ERL_CRASH_DUMP_SECONDS=0 of the core disables the crash dump"],
    });
  });

  test("one writable place of two is enough, and is the one that is shown", () => {
    const two = [{ path: "/a", obstacle: "is a directory" }, ...place(100 * gib)];
    expect(judgeDump(facts({ places: two }))).toMatchObject({ outlook: "good", path: "/d/x.dump" });
    expect(judgeDump(facts({ places: place(100 * gib, "is a directory") })).outlook).toBe("hopeless");
  });

  test("places that are only looked at afterwards do not count", () => {
    const fallback = { path: "/home/x.dump", freeKib: 100 * gib, fallback: true };
    expect(judgeDump(facts({ places: [...place(100 * gib, "is a directory"), fallback] })).outlook).toBe(
      "hopeless",
    );
  });

  test("what cannot be seen is a doubt, never hopeless", () => {
    expect(judgeDump(facts({ places: [] })).outlook).toBe("doubtful");
    expect(judgeDump(facts({ environmentRead: false })).outlook).toBe("doubtful");
    expect(judgeDump(facts({ breakFlag: "-Bd" })).outlook).toBe("doubtful");
    expect(judgeDump(facts({ places: place(undefined) })).outlook).toBe("doubtful");
  });
});
