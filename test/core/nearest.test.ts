import { expect, test } from "bun:test";
import { nearest } from "../../src/core/nearest.ts";

const keys = ["warning_percent", "critical_percent", "basis"];

test("a letter left out still finds the word", () =>
  expect(nearest("warning_percnt", keys)).toBe("warning_percent"));
test("case does not matter", () => expect(nearest("BASIS", keys)).toBe("basis"));
test("a word unlike all of them finds none", () => expect(nearest("memory", keys)).toBeUndefined());
test("of two near words the nearer is found", () =>
  expect(nearest("stop", ["start", "status", "stops"])).toBe("stops"));
test("of three letters one may be wrong, not two", () => {
  expect(nearest("tup", ["top", "stop"])).toBe("top");
  expect(nearest("foo", ["top", "stop"])).toBeUndefined();
});
