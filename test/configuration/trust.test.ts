import { afterEach, beforeEach, describe, expect } from "bun:test";
import { refuseUnsafe } from "../../src/configuration/trust.ts";
import { testUnless } from "../lab/missing.ts";
import { rootMissing } from "../lab/users.ts";
import { createUserScene, type UserScene } from "../linux/user-scene.ts";

let scene: UserScene;
beforeEach(() => {
  scene = createUserScene();
});
afterEach(() => scene.close());

describe("an executable that root's configuration names", () => {
  testUnless(rootMissing, "is accepted where it is root's", () =>
    expect(() => refuseUnsafe(scene.script("a", ""), undefined)).not.toThrow(),
  );
  testUnless(
    rootMissing,
    "of another user is refused with what mends it, and with a hint at NSO's user",
    () => {
      const path = scene.script("a", "", { uid: 12345 });
      expect(() => refuseUnsafe(path, undefined)).toThrow(
        `refused: ${path} belongs to user 12345, not to root; mend it with: chown root ${path}\n` +
          "or, if NSO runs as user 12345: set [nso] user = 12345, and it is run as that user",
      );
    },
  );
  testUnless(rootMissing, "of NSO's user is accepted where the configuration says who that is", () =>
    expect(() => refuseUnsafe(scene.script("a", "", { uid: 12345 }), 12345)).not.toThrow(),
  );
  testUnless(rootMissing, "of a third user is refused all the same, without the hint", () => {
    const path = scene.script("a", "", { uid: 65534 });
    expect(() => refuseUnsafe(path, 12345)).toThrow(/chown root \S+$/);
  });
  testUnless(rootMissing, "that everybody may write is refused whoever owns it, without the hint", () => {
    const path = scene.script("a", "", { uid: 12345, mode: 0o777 });
    for (const uid of [undefined, 12345]) expect(() => refuseUnsafe(path, uid)).toThrow(/chown root \S+$/);
  });
});
