import { afterEach, beforeEach, expect, test } from "bun:test";
import { findBash } from "../../../src/agent/sources/bash.ts";
import { testUnless } from "../../lab/missing.ts";
import { rootMissing } from "../../lab/users.ts";
import { createUserScene, type UserScene } from "../../linux/user-scene.ts";

let scene: UserScene;
beforeEach(() => {
  scene = createUserScene();
});
afterEach(() => scene.close());

testUnless(rootMissing, "the first bash of PATH runs the tool, where it is safe", () => {
  const path = scene.script("bin/bash", "");
  expect(findBash(`relative::${scene.dir}/bin:/usr/bin`)).toBe(path);
});
testUnless(rootMissing, "one that another user could have put there is passed over", () => {
  scene.script("a/bash", "", { uid: 65534 });
  scene.script("b/bash", "", { mode: 0o757 });
  expect(findBash(`${scene.dir}/a:${scene.dir}/b`)).not.toStartWith(scene.dir);
});
test("an absent PATH is no obstacle", () => expect(findBash("")).toEndWith("/bash"));
