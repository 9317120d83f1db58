import { describe, expect, test } from "bun:test";
import { endsTogether, parseUnits, unitIn } from "../../src/core/unit.ts";

describe("the unit of a process", () => {
  test("is the service in its path, with the slices above it", () =>
    expect(unitIn("0::/nso.slice/nso-prod.slice/ncs.service\n")).toEqual({
      unit: "ncs.service",
      slices: ["-.slice", "nso.slice", "nso-prod.slice"],
    }));
  test("is the service also where it has groups of its own below", () =>
    expect(unitIn("0::/system.slice/ncs.service/core\n")?.unit).toBe("ncs.service"));
  test("is that of systemd's own hierarchy where version 1 is used", () =>
    expect(unitIn("5:memory:/docker/1\n1:name=systemd:/system.slice/ncs.service\n")?.unit).toBe(
      "ncs.service",
    ));
  test("may be a login's scope", () =>
    expect(unitIn("0::/user.slice/user-0.slice/session-3.scope\n")?.unit).toBe("session-3.scope"));
  test.each([
    "0::/\n",
    "",
    "0::/docker/4711\n",
    "0::/user.slice/user-7.slice/user@7.service/app.slice/ncs.service\n",
  ])("is none of the system's in %j", (text) => expect(unitIn(text)).toBeUndefined());
});

/** As systemctl 252 prints it. */
const show = (own: string[]) =>
  [
    ["OOMPolicy=stop", "KillMode=control-group", "TimeoutStopUSec=1min 30s", ...own, "Id=ncs.service"],
    ["ManagedOOMSwap=auto", "ManagedOOMMemoryPressure=kill", "ManagedOOMPreference=none", "Id=system.slice"],
    ["ManagedOOMSwap=kill", "ManagedOOMMemoryPressure=auto", "ManagedOOMPreference=none", "Id=-.slice"],
  ]
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
const place = { unit: "ncs.service", slices: ["-.slice", "system.slice"] };

describe("what systemctl show says", () => {
  test("is the unit's policy, and by whom it is managed", () =>
    expect(parseUnits(show(["ManagedOOMPreference=none", "ManagedOOMSwap=auto"]), place)).toEqual({
      unit: "ncs.service",
      oomPolicy: "stop",
      stopTimeout: "1min 30s",
      killMode: "control-group",
      managed: [
        { id: "system.slice", by: "ManagedOOMMemoryPressure" },
        { id: "-.slice", by: "ManagedOOMSwap" },
      ],
    }));
  test("is managed by nobody where the unit is to be omitted", () =>
    expect(parseUnits(show(["ManagedOOMPreference=omit"]), place)?.managed).toEqual([]));
  test("is nothing where the unit is not in it", () =>
    expect(parseUnits(show([]), { ...place, unit: "other.service" })).toBeUndefined());
  test("has no policy before systemd 243", () =>
    expect(parseUnits("Id=ncs.service\nKillMode=process\n", place)?.oomPolicy).toBe(""));
});

test.each([
  ["stop", true],
  ["kill", true],
  ["continue", false],
  ["", false],
])("OOMPolicy=%s ends NSO with a VM: %p", (oomPolicy, together) =>
  expect(endsTogether({ unit: "u", oomPolicy, stopTimeout: "", killMode: "", managed: [] })).toBe(together),
);
