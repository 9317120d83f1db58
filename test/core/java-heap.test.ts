import { expect, test } from "bun:test";
import { heapMaxKib, javaWords } from "../../src/core/java-heap.ts";

test.each([
  [["-Xmx4G"], 4 * 1024 ** 2],
  [["-Xmx512m"], 512 * 1024],
  [["-Xmx1048576"], 1024],
  [["-XX:MaxHeapSize=2g"], 2 * 1024 ** 2],
  // The last one counts.
  [["-Xmx1g", "-Xms5g", "-Xmx2g"], 2 * 1024 ** 2],
  [["-Xmx", "-Xmx4GB", "4G"], undefined],
  [[], undefined],
])("%p is %p KiB", (options, kib) => expect(heapMaxKib(options as string[])).toBe(kib as number));

test("a variable holds several words, or is not set", () => {
  expect(javaWords(" -Xmx4G  -Dx=y ")).toEqual(["-Xmx4G", "-Dx=y"]);
  expect(javaWords(undefined)).toEqual([]);
});
