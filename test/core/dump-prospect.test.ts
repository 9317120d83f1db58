import { describe, expect, test } from "bun:test";
import { type DumpFacts, judgeDump } from "../../src/core/dump-prospect.ts";

const gib = 1024 ** 2;
const facts = (changes: Partial<DumpFacts> = {}): DumpFacts => ({
  places: [{ path: "/run/ncs/ncs_crash.dump", freeKib: 100 * gib }],
  environmentRead: true,
  coreKib: 1 * gib,
  ...changes,
});
const place = (freeKib?: number, obstacle?: string) => [{ path: "/d/x.dump", freeKib, obstacle }];

describe("the outlook", () => {
  test("is good with room, a writable place and nothing against it", () => {
    expect(judgeDump(facts())).toEqual({
      outlook: "good",
      path: "/run/ncs/ncs_crash.dump",
      roomKib: 100 * gib,
      needKib: Math.ceil(2.1 * gib),
      reasons: [],
    });
  });

  test("2.1 times the core is enough room, one KiB less is a doubt", () => {
    expect(judgeDump(facts({ places: place(Math.ceil(2.1 * gib)) })).outlook).toBe("good");
    const doubtful = judgeDump(facts({ places: place(Math.ceil(2.1 * gib) - 1) }));
    expect(doubtful.outlook).toBe("doubtful");
    expect(doubtful.reasons[0]).toContain("would be cut");
  });

  test("less than a twentieth of the RSS is hopeless, exactly that is a doubt", () => {
    expect(judgeDump(facts({ places: place(Math.floor(0.05 * gib)) })).outlook).toBe("hopeless");
    expect(judgeDump(facts({ places: place(Math.ceil(0.05 * gib)) })).outlook).toBe("doubtful");
  });

  test("a size cap that is larger than the dump is no doubt, and makes the need no larger", () => {
    const capped = judgeDump(facts({ bytesMax: 3 * gib * 1024 }));
    expect(capped).toMatchObject({ outlook: "good", needKib: Math.ceil(2.1 * gib) });
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

  test("one writable place of two is shown, with a doubt: the core may take the other", () => {
    const two = [{ path: "/a", obstacle: "is a directory" }, ...place(100 * gib)];
    expect(judgeDump(facts({ places: two }))).toMatchObject({
      outlook: "doubtful",
      path: "/d/x.dump",
      reasons: ["/a: is a directory"],
    });
    expect(judgeDump(facts({ places: place(100 * gib, "is a directory") })).outlook).toBe("hopeless");
  });

  test("places that are only looked at afterwards do not count", () => {
    const fallback = { path: "/home/x.dump", freeKib: 100 * gib, fallback: true };
    expect(judgeDump(facts({ places: [...place(100 * gib, "is a directory"), fallback] })).outlook).toBe(
      "hopeless",
    );
  });

  test("of two names that no setting gives, the one that somebody made a link is the likelier", () => {
    const link = { path: "/b", leadsTo: "/large/b", freeKib: 1 };
    expect(judgeDump(facts({ places: [...place(100 * gib), link] })).path).toBe("/b");
    const fallback = { path: "/c", fallback: true };
    expect(judgeDump(facts({ places: [...place(100 * gib), link, fallback] })).path).toBe("/d/x.dump");
  });

  test("a link is named with where it leads", () => {
    const device = { path: "/a", leadsTo: "/dev/null", obstacle: "is a device" };
    expect(judgeDump(facts({ places: [device] })).reasons).toEqual(["/a, a link to /dev/null: is a device"]);
  });

  test("-heart is a doubt where its seconds cannot be read, and none where they can", () => {
    const [first, second] = judgeDump(facts({ hasHeart: true, environmentRead: false })).reasons;
    expect([first, second].join()).toContain("started with -heart");
    expect(judgeDump(facts({ hasHeart: true })).outlook).toBe("good");
  });

  test("a file system that does not answer is a doubt", () => {
    const silent = [{ path: "/d", freeKib: 100 * gib, doubt: "its file system does not answer" }];
    expect(judgeDump(facts({ places: silent }))).toMatchObject({ outlook: "doubtful" });
  });

  test("what cannot be seen is a doubt, never hopeless", () => {
    expect(judgeDump(facts({ places: [] })).outlook).toBe("doubtful");
    expect(judgeDump(facts({ environmentRead: false })).outlook).toBe("doubtful");
    expect(judgeDump(facts({ breakFlag: "-Bd" })).outlook).toBe("doubtful");
    expect(judgeDump(facts({ places: place(undefined) })).outlook).toBe("doubtful");
  });
});
