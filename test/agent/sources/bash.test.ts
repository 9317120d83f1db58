import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { findBash } from "../../../src/agent/sources/bash.ts";
import { testUnless } from "../../lab/missing.ts";
import { createUserScene } from "../../linux/user-scene.ts";

const lacking = existsSync("/bin/bash") ? undefined : "there is no /bin/bash here";

testUnless(lacking, "the system's bash runs the tool, whatever stands first in PATH", () => {
  const scene = createUserScene();
  try {
    scene.script("bin/bash", "", { uid: 65534 });
    expect(findBash(`${scene.dir}/bin:/usr/bin`)).toBe("/bin/bash");
  } finally {
    scene.close();
  }
});
test("an absent PATH is no obstacle", () => expect(findBash("")).toEndWith("/bash"));
