/** The faults that `make test` stages; `make chaos` stages all of them. */

import { expect, setDefaultTimeout } from "bun:test";
import { testUnless } from "../lab/missing.ts";
import { faults } from "./faults.ts";
import { chaosMissing, faultMissing, runFault } from "./run-fault.ts";

setDefaultTimeout(120_000);

for (const fault of faults.filter(({ inSuite }) => inSuite)) {
  testUnless(chaosMissing ?? faultMissing(fault), `held: ${fault.done}`, async () => {
    const verdict = await runFault(fault);
    expect(verdict.kind === "held" ? "held" : verdict.reason).toBe("held");
  });
}
