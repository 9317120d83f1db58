import { expect, test } from "bun:test";
import { checkCdb } from "../../src/doctor/cdb.ts";

const gib = 1024 ** 2;
const limits = { warningPercent: 90, limitKib: 100 * gib };

test("a threshold below nsomem's warning is in order, one at it keeps a healthy NSO in warning", () => {
  const at = (thresholdPercent: number) => checkCdb({ format: "on-demand-v1", thresholdPercent }, limits);
  expect(at(89)).toMatchObject({ verdict: "ok", found: expect.stringContaining("above 89 %") });
  expect(at(90)).toMatchObject({ verdict: "warn", found: expect.stringContaining("healthy NSO") });
});

test("a threshold in megabytes is one of the ceiling that binds", () => {
  const at = (mib: number) => checkCdb({ format: "on-demand-v1", thresholdMib: mib }, limits);
  expect(at(50 * 1024)).toMatchObject({
    verdict: "ok",
    found: expect.stringContaining("50 % of the ceiling"),
  });
  expect(at(95 * 1024)).toMatchObject({ verdict: "warn" });
});

test("where nothing is set it is 50 %, which a low warning reaches", () => {
  expect(checkCdb({}, limits)).toMatchObject({ verdict: "ok" });
  expect(checkCdb({}, { ...limits, warningPercent: 50 })).toMatchObject({ verdict: "warn" });
});

test("in-memory-v1 never gives back", () =>
  expect(checkCdb({ format: "in-memory-v1" }, limits)).toMatchObject({
    verdict: "warn",
    found: expect.stringContaining("in-memory-v1"),
  }));
