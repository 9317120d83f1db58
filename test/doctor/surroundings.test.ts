import { describe, expect, test } from "bun:test";
import { checkDaemons, checkOomPolicy } from "../../src/doctor/surroundings.ts";

const unit = (oomPolicy: string) => ({
  unit: {
    unit: "ncs.service",
    oomPolicy,
    stopTimeout: "1min 30s",
    killMode: "control-group",
    managed: [],
  },
});

describe("OOMPolicy", () => {
  test("of NSO's unit that ends it with a VM is a warning with the drop-in that mends it", () =>
    expect(checkOomPolicy(unit("stop"))).toMatchObject({
      verdict: "warn",
      found: expect.stringContaining("stops it: SIGKILL after 1min 30s"),
      mend: expect.stringContaining("[Service]\nOOMPolicy=continue\nTimeoutStopSec=1h"),
    }));
  test("that kills does so at once", () =>
    expect(checkOomPolicy(unit("kill")).found).toContain("kills all of it at once"));
  test("that continues, or that this systemd does not know, is well", () => {
    expect(checkOomPolicy(unit("continue"))).toMatchObject({
      verdict: "ok",
      found: "continue in ncs.service",
    });
    expect(checkOomPolicy(unit("")).verdict).toBe("ok");
    expect(checkOomPolicy({ none: true }).verdict).toBe("ok");
  });
  test("that cannot be asked is unknown", () =>
    expect(
      checkOomPolicy({ unknown: "nothing is known of ncs.service: there is no systemctl here" }),
    ).toMatchObject({
      verdict: "warn",
      found: expect.stringContaining("there is no systemctl here: whether systemd ends NSO"),
    }));
});

describe("other OOM daemons", () => {
  const around = { unit: undefined, memTotalKib: 1024 ** 2, swapTotalKib: 0 };
  const earlyoom = (...words: string[]) => ({
    name: "earlyoom" as const,
    pid: 77,
    argv: ["earlyoom", ...words],
  });
  test("that come first are warned of, with the option that mends it", () =>
    expect(checkDaemons({ ...around, daemons: [earlyoom()] }, 95)).toMatchObject([
      {
        verdict: "warn",
        found: expect.stringContaining("earlyoom (PID 77)"),
        mend: expect.stringContaining("--avoid"),
      },
    ]));
  test("that come after it, and none, are well", () => {
    expect(checkDaemons({ ...around, daemons: [earlyoom("-m", "4,2")] }, 95)).toMatchObject([
      { verdict: "ok" },
    ]);
    expect(checkDaemons({ ...around, daemons: [] }, 95)).toMatchObject([{ found: "none is running" }]);
  });
});
