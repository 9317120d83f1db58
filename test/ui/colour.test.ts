import { describe, expect, test } from "bun:test";
import { wantsColour } from "../../src/ui/colour.ts";

// Standard output of a test run is not a terminal.
describe("colours", () => {
  test("a pipe has none", () => expect(wantsColour(1, {})).toBe(false));
  test("a pipe has none where CI is set", () => expect(wantsColour(1, { CI: "true" })).toBe(false));
  test("FORCE_COLOR colours a pipe", () => expect(wantsColour(1, { FORCE_COLOR: "1" })).toBe(true));
  test("FORCE_COLOR=0 does not", () => expect(wantsColour(1, { FORCE_COLOR: "0" })).toBe(false));
  test("NO_COLOR wins", () => expect(wantsColour(1, { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false));
});
