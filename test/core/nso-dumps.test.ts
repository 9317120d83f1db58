import { expect, test } from "bun:test";
import { nsoDumpsSince } from "../../src/core/nso-dumps.ts";

const sinceMs = Date.UTC(2026, 3, 17, 9, 12, 0);

test("NSO's dumps of this level are told by the time in their names, also a minute before it", () => {
  const names = [
    "debug_dump_2026-04-17T09:12:34.567Z",
    "debug_dump_2026-04-17T09:11:00.000Z.gz",
    "debug_dump_2026-04-17T09:10:59.999Z",
    "debug_dump_2026-04-17T08:12:34.567Z",
  ];
  expect(nsoDumpsSince(names, sinceMs)).toEqual([
    "debug_dump_2026-04-17T09:11:00.000Z.gz",
    "debug_dump_2026-04-17T09:12:34.567Z",
  ]);
});

test.each([
  "debug_dump_",
  "debug_dump_2026-13-45T99:99:99Z",
  "xdebug_dump_2026-04-17T09:12:34.567Z",
  "debug_dump_2026-04-17T09:12:34.567Z/../x",
  "debug_dump_2026-04-17T09:12:34.567Z\n",
  "dump1.bin",
])("%p is none of them", (name) => expect(nsoDumpsSince([name], sinceMs)).toEqual([]));
