import { describe, expect, test } from "bun:test";
import type { Growth } from "../../../src/core/growth.ts";
import { chooseSubject } from "../../../src/rescue/evidence/grower.ts";

const core = { name: "ncs.smp", pid: 1, startTicks: 10 };
const grew = (group: Growth["group"], name: string, grewKib: number, nowKib = 5000): Growth => {
  const life = group === "rest" ? { pid: null, startTicks: null } : { pid: name.length, startTicks: 7 };
  return { group, name, ...life, grewKib, nowKib, overMs: 300_000 };
};

describe("whose evidence is taken", () => {
  test("is that of the very process that grew most", () => {
    const growth = [grew("pythonvm", "l3vpn", 500_000), grew("core", "ncs.smp", 1000)];
    expect(chooseSubject(growth, core)).toEqual({
      ...{ group: "pythonvm", name: "l3vpn", pid: 5, startTicks: 7 },
      why: "it grew by 488 MiB in 5 min 0 s",
    });
  });

  test("is of NSO, where everything else grew most", () => {
    const growth = [
      grew("rest", "everything else on the host", 900_000),
      grew("javavm", "NcsJVMLauncher", 100),
    ];
    expect(chooseSubject(growth, core)).toMatchObject({ group: "javavm", name: "NcsJVMLauncher" });
  });

  test("is the largest's where none has grown", () => {
    const growth = [grew("core", "ncs.smp", 0, 100), grew("javavm", "NcsJVMLauncher", -500, 200)];
    expect(chooseSubject(growth, core)).toMatchObject({
      name: "NcsJVMLauncher",
      why: "the largest: none of NSO's grew",
    });
  });

  test("is the core's where nobody was looked at twice yet", () => {
    expect(chooseSubject([], core)).toEqual({ ...core, group: "core", why: "who grew is not known yet" });
  });
});
