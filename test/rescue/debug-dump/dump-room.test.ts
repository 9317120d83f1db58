import { describe, expect, test } from "bun:test";
import { createDumpRoom, type RoomFacts } from "../../../src/rescue/debug-dump/dump-room.ts";

const mib = 1024 * 1024;

/** A disk with so much free, of which 100 MiB are to stay so; old incidents have `old` bytes to give. */
function disk({ free, old = 0 }: { free: number | undefined; old?: number }) {
  const there = { free, old };
  const facts: RoomFacts = {
    freeBytes: async () => there.free,
    reserve: async () => ({ bytes: 100 * mib, why: "for NSO's crash dump" }),
    async free(bytes) {
      if (bytes > there.old || there.free === undefined) return;
      there.free += there.old;
      there.old = 0;
    },
  };
  return { there, room: createDumpRoom(facts) };
}

describe("a debug dump", () => {
  test("begins where it leaves what is to stay free, to the byte", async () => {
    expect(await disk({ free: 150 * mib }).room.obstacle(50 * mib)).toBeUndefined();
    expect(await disk({ free: 150 * mib - 1 }).room.obstacle(50 * mib)).toBe(
      "150 MiB are free, and 100 MiB are to stay free for NSO's crash dump",
    );
  });

  test("has the room that old incidents can give", async () => {
    const { room, there } = disk({ free: 50 * mib, old: 60 * mib });
    expect(await room.obstacle(0)).toBeUndefined();
    expect(there.old).toBe(0);
    expect(await room.obstacle(20 * mib)).toContain("are to stay free");
  });

  test("is not refused by a file system that does not answer", async () => {
    expect(await disk({ free: undefined }).room.obstacle(50 * mib)).toBeUndefined();
  });

  test("that comes into it is told once, while it is written", async () => {
    const { room, there } = disk({ free: 150 * mib });
    const told: string[] = [];
    const unwatch = room.watch((why) => told.push(why));
    await Bun.sleep(250);
    expect(told).toEqual([]);
    there.free = 10 * mib;
    for (let tries = 0; tries < 100 && told.length === 0; tries++) await Bun.sleep(20);
    await Bun.sleep(250);
    unwatch();
    expect(told).toEqual(["10.0 MiB are free, and 100 MiB are to stay free for NSO's crash dump"]);
  });
});
