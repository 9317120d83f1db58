import { expect, test } from "bun:test";
import { parsePageSize, readPageSizeBytes } from "../../src/linux/page-size.ts";

test("the page size of this machine is what getconf says", () => {
  const said = Number(Bun.spawnSync(["getconf", "PAGESIZE"]).stdout.toString());
  expect(readPageSizeBytes()).toBe(said);
});

test("a vector without it, a cut one and no vector have none", () => {
  expect(parsePageSize(Buffer.alloc(32))).toBeUndefined();
  expect(parsePageSize(Buffer.alloc(15))).toBeUndefined();
  expect(readPageSizeBytes("/nonexistent")).toBeUndefined();
});
