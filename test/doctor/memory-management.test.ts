import { expect, test } from "bun:test";
import { defaultConfig } from "../../src/core/config.ts";
import type { MemoryAction } from "../../src/core/memory-section.ts";
import { checkMemoryManagement } from "../../src/doctor/memory-management.ts";

const config = defaultConfig();
const deferring = { ...config, debug_dump: { ...config.debug_dump, defer_to_nso: true } };
const check = (actions: MemoryAction[] | undefined, settings = config) =>
  checkMemoryManagement(actions && { xml: "", actions }, "/etc/ncs/ncs.conf", settings, "/incidents");

test("no section is in order", () =>
  expect(check(undefined)).toMatchObject({
    verdict: "ok",
    found: expect.stringContaining("none in /etc/ncs"),
  }));

test("a section beside nsomem's own dumps is a warning, with one that matches", () => {
  const found = check([{ usedPercent: 85 }]);
  expect(found).toMatchObject({ verdict: "warn" });
  expect(found.mend).toContain("<used-memory-threshold-percentage>90</used-memory-threshold-percentage>");
  expect(found.mend).toContain("/incidents");
});

test("a section to which debug dumps are left is in order", () =>
  expect(check([{ usedPercent: 85 }], deferring)).toMatchObject({ verdict: "ok" }));

test.each<[MemoryAction, string]>([
  [{ usedPercent: 85 }, "5 debug dumps at 85 % used"],
  [{ usedPercent: 85, count: 2 }, "2 debug dumps at 85 % used"],
  [{ freeBytes: 2 * 1024 ** 3 }, "5 debug dumps at 2.0 GiB free"],
  [{}, "5 debug dumps at no threshold"],
])("%p reads as %p", (action, text) => expect(check([action]).found).toContain(text));
