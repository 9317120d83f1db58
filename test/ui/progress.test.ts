import { expect, test } from "bun:test";
import { formatKib } from "../../src/core/units.ts";
import { progressLine } from "../../src/ui/progress.ts";

const format = (bytes: number) => formatKib(bytes / 1024);
const mib = 2 ** 20;

test("progress has how much, of how much, how fast, and how long it goes on", () => {
  expect(progressLine({ what: "import", total: 400 * mib, format }, 100 * mib, 4000)).toBe(
    "import: 100 MiB of 400 MiB, 25.0 MiB a second, about 12 s left",
  );
});

test("without a total it has no end, and at the beginning none that it would have to guess", () => {
  expect(progressLine({ what: "reading", format }, 100 * mib, 4000)).toBe(
    "reading: 100 MiB, 25.0 MiB a second",
  );
  expect(progressLine({ what: "import", total: 4 * mib, format }, mib, 0)).toBe(
    "import: 1.0 MiB of 4.0 MiB, 0 KiB a second".replace("0 KiB", format(0)),
  );
});

test("a long rest is told in minutes", () => {
  expect(progressLine({ what: "import", total: 4000 * mib, format }, 100 * mib, 10_000)).toEndWith(
    "about 7 min left",
  );
});
