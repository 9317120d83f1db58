import { describe, expect, test } from "bun:test";
import { createLineSplitter } from "../../src/core/line-splitter.ts";

describe("splitting a stream into lines", () => {
  test("lines come out whole however the stream is cut", () => {
    const text = "one\ntwo\n\nthree\n";
    for (let cut = 0; cut <= text.length; cut++) {
      const splitter = createLineSplitter(100);
      const lines = [...splitter.push(text.slice(0, cut)), ...splitter.push(text.slice(cut))];
      expect(lines).toEqual(["one", "two", "", "three"]);
    }
  });

  test("what stands after the last newline is the rest", () => {
    const splitter = createLineSplitter(100);
    expect(splitter.push("a\nb")).toEqual(["a"]);
    expect(splitter.rest()).toBe("b");
  });

  test("a line of exactly the limit is whole", () => {
    expect(createLineSplitter(5).push("12345\n")).toEqual(["12345"]);
  });

  test("a longer line comes out once, one character over the limit, and the next line is whole", () => {
    const splitter = createLineSplitter(5);
    expect(splitter.push("1234567890")).toEqual(["123456"]);
    expect(splitter.push("x".repeat(1000))).toEqual([]);
    expect(splitter.push("y\nnext\n")).toEqual(["next"]);
  });

  test("a stream without newlines does not grow in memory", () => {
    const splitter = createLineSplitter(5);
    for (let i = 0; i < 1000; i++) splitter.push("zzzzzz");
    expect(splitter.rest()).toBe("");
  });
});
