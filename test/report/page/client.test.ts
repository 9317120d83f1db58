import { describe, expect, test } from "bun:test";
import { fragmentOf, viewOf } from "../../../src/report/page/client/fragment.ts";
import { stackedRows } from "../../../src/report/page/client/stack.ts";

describe("rows on each other", () => {
  test("stand on those after them, and keep their last value where others alone have one", () => {
    expect(
      stackedRows(
        [
          [5, undefined, 6],
          [1, 2, undefined],
        ],
        [true, true],
      ),
    ).toEqual([
      [6, 7, 8],
      [1, 2, 2],
    ]);
  });

  test("count as nothing in their gaps, and where they are hidden", () => {
    expect(
      stackedRows(
        [
          [5, 5, 5],
          [undefined, 1, null],
        ],
        [true, true],
      ),
    ).toEqual([
      [5, 6, 5],
      [null, 1, null],
    ]);
    expect(stackedRows([[5], [1], [2]], [true, false, true])).toEqual([[7], [1], [2]]);
  });
});

describe("the page's address", () => {
  test("names a stretch of time and is read back", () => {
    const view = { fromMs: Date.parse("2026-11-23T13:09:51.120Z"), toMs: Date.parse("2026-11-23T14:00:00Z") };
    expect(fragmentOf(view)).toBe("#from=2026-11-23T13:09:51.120Z&to=2026-11-23T14:00:00.000Z");
    expect(viewOf(fragmentOf(view))).toEqual(view);
  });

  test.each(["", "#", "#from=x&to=y", "#from=2026-11-23T13:09:51Z", "#from=2026-11-23&to=2026-11-22"])(
    "names nothing: %p",
    (fragment) => {
      expect(viewOf(fragment)).toBeUndefined();
    },
  );
});
