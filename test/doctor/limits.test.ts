import { expect, test } from "bun:test";
import { checkLimits } from "../../src/doctor/limits.ts";

const limits = ({ fileSize = "unlimited", addressSpace = "unlimited" } = {}) =>
  [
    "Limit                     Soft Limit           Hard Limit           Units     ",
    `Max file size             ${fileSize.padEnd(20)} unlimited            bytes     `,
    "Max data size             unlimited            unlimited            bytes     ",
    "Max open files            1024                 524288               files     ",
    `Max address space         ${addressSpace.padEnd(20)} unlimited            bytes     `,
    "",
  ].join("\n");

test("a core without limits is in order", () =>
  expect(checkLimits(limits())).toEqual({
    name: "core's limits",
    verdict: "ok",
    found: "file size and address space unlimited, 1024 open files",
  }));

test.each([
  [{ fileSize: "1000000" }, "Max file size 1000000 bytes"],
  [{ addressSpace: "8589934592" }, "Max address space 8589934592 bytes"],
])("%p is a warning that names it", (set, found) =>
  expect(checkLimits(limits(set))).toMatchObject({ verdict: "warn", found }),
);

test("a limits file that cannot be read is a warning", () =>
  expect(checkLimits(undefined)).toMatchObject({ verdict: "warn", found: "not readable" }));
