import { expect, test } from "bun:test";
import { nsoTimeOf } from "../../src/core/nso-stamp.ts";

test("the time of a line of NSO's logs is read in the zone of this process", () => {
  const atMs = new Date(2026, 0, 14, 22, 3, 2, 900).getTime();
  expect(nsoTimeOf("<INFO> 14-Jan-2026::22:03:02.900 l3vpn main: - text")).toBe(atMs);
  expect(nsoTimeOf("<CRIT> 14-Jan-2026::22:03:02.900 nso ncs[4711]: - text")).toBe(atMs);
});

test("an ISO time is read with its zone", () => {
  expect(nsoTimeOf("2026-01-14T22:03:02.900+00:00 text")).toBe(Date.parse("2026-01-14T22:03:02.900Z"));
  expect(nsoTimeOf("2026-01-14 22:03:02,900 INFO")).toBe(new Date(2026, 0, 14, 22, 3, 2, 900).getTime());
});

test("a line without one, or with one far behind its beginning, has none", () => {
  expect(nsoTimeOf("\tat com.tailf.Foo(Foo.java:12)")).toBeUndefined();
  expect(nsoTimeOf(`${"x".repeat(300)} 14-Jan-2026::22:03:02.900`)).toBeUndefined();
  expect(nsoTimeOf("14-Xyz-2026::22:03:02.900")).toBeUndefined();
});
