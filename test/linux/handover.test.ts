import { afterEach, beforeEach, describe, expect } from "bun:test";
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openHandover } from "../../src/linux/handover.ts";
import { testUnless } from "../lab/missing.ts";
import { asUser, usersMissing } from "../lab/users.ts";
import { createUserScene, type UserScene } from "./user-scene.ts";

const lacking = usersMissing;
const nso = { uid: 12345, gid: 12345, groups: [] };
let scene: UserScene;
let state: string;
let incident: string;
beforeEach(() => {
  scene = createUserScene();
  state = join(scene.dir, "state");
  incident = join(state, "incidents/one");
  mkdirSync(incident, { recursive: true });
  for (const dir of [state, dirname(incident), incident]) chmodSync(dir, 0o700);
});
afterEach(() => scene.close());

const shown = (path: string) => {
  const { uid, gid, mode } = statSync(path);
  return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
};
const wayThere = () => [state, dirname(incident), incident].map(shown);
const can = (uid: number, script: string, ...words: string[]) =>
  Bun.spawnSync([...asUser(uid), "sh", "-c", script, "sh", ...words], { stderr: "ignore" }).success;

describe("the handover directory", () => {
  testUnless(
    lacking,
    "can be written by NSO's user alone, and nothing else of the state be listed",
    async () => {
      const handover = await openHandover(incident, nso);
      expect(shown(handover.dir)).toBe("12345:12345 700");
      expect(wayThere()).toEqual(["0:12345 710", "0:12345 710", "0:12345 710"]);
      expect(can(12345, 'echo dump > "$1/dump1.bin"', handover.dir)).toBe(true);
      expect(can(12345, 'ls "$1"', state)).toBe(false);
      expect(can(12345, 'touch "$1/new"', incident)).toBe(false);
      expect(can(65534, 'ls "$1"', handover.dir)).toBe(false);
      expect(await handover.take("dump1.bin", "dump1.bin")).toBeUndefined();
      await handover.close();
      expect(wayThere()).toEqual(["0:0 700", "0:0 700", "0:0 700"]);
      expect(readdirSync(incident)).toEqual(["dump1.bin"]);
      expect(shown(join(incident, "dump1.bin"))).toBe("0:0 600");
    },
  );
  testUnless(lacking, "keeps the way open until the last one is closed", async () => {
    const [one, two] = await Promise.all([openHandover(incident, nso), openHandover(incident, nso)]);
    await one.close();
    expect(can(12345, 'touch "$1/x"', two.dir)).toBe(true);
    await two.close();
    expect(wayThere()).toEqual(["0:0 700", "0:0 700", "0:0 700"]);
  });
  testUnless(lacking, "leaves a directory alone that he may enter anyway", async () => {
    chmodSync(state, 0o755);
    const handover = await openHandover(incident, nso);
    expect(wayThere()[0]).toBe("0:0 755");
    await handover.close();
    expect(wayThere()).toEqual(["0:0 755", "0:0 700", "0:0 700"]);
  });
  testUnless(lacking, "closes what a killed agent had left open", async () => {
    chmodSync(state, 0o710);
    chownSync(state, 0, 12345);
    const handover = await openHandover(incident, nso);
    await handover.close();
    expect(wayThere()[0]).toBe("0:0 700");
  });
  testUnless(lacking, "is removed with what was put there, and links in it lead nowhere", async () => {
    const kept = join(scene.dir, "kept");
    mkdirSync(kept);
    writeFileSync(join(kept, "file"), "");
    const handover = await openHandover(incident, nso);
    mkdirSync(join(handover.dir, "sub"));
    symlinkSync(kept, join(handover.dir, "sub/link"));
    symlinkSync(kept, join(handover.dir, "link"));
    await handover.close();
    expect(readdirSync(incident)).toEqual([]);
    expect(readdirSync(kept)).toEqual(["file"]);
  });
  testUnless(
    lacking,
    "names the directory above that lets him not through, and changes nothing",
    async () => {
      chmodSync(scene.dir, 0o700);
      await expect(openHandover(incident, nso)).rejects.toThrow(
        `user 12345, as whom ncs runs, may not enter ${scene.dir}; mend it with: chmod o+x ${scene.dir}`,
      );
      expect(wayThere()).toEqual(["0:0 700", "0:0 700", "0:0 700"]);
    },
  );
  testUnless(lacking, "is the incident's own for ourselves, and nothing is opened", async () => {
    const handover = await openHandover(incident, "ourselves");
    expect(handover.dir).toBe(incident);
    expect(wayThere()).toEqual(["0:0 700", "0:0 700", "0:0 700"]);
    await handover.close();
    expect(readdirSync(dirname(incident))).toEqual(["one"]);
  });
});
