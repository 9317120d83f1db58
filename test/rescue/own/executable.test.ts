import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ActionFacts } from "../../../src/core/action-facts.ts";
import type { RunAs } from "../../../src/linux/run-as.ts";
import { runExecutable } from "../../../src/rescue/own/executable.ts";
import { testUnless } from "../../lab/missing.ts";
import { usersMissing } from "../../lab/users.ts";
import { createUserScene, type UserScene } from "../../linux/user-scene.ts";

let scene: UserScene;
let incident: string;
beforeEach(() => {
  scene = createUserScene();
  incident = join(scene.dir, "incident");
  mkdirSync(incident, { mode: 0o700 });
});
afterEach(() => scene.close());

async function run(path: string, runAs: RunAs): Promise<string> {
  const facts = { schema: 1, rule: "warning_phy", incident_dir: incident, reading: {} } as ActionFacts;
  const outcome = await runExecutable({
    ...{ path, runAs, facts, dir: incident, timeoutMs: 5000, env: { PATH: "/usr/bin:/bin" } },
    onChild: () => {},
    stop: new AbortController().signal,
  });
  return `${outcome.outcome} ${readFileSync(outcome.files[0] ?? "", "utf8").trim()}`;
}

describe("an executable of the operator's", () => {
  const script =
    'echo "$(id -u) $(id -G) $(pwd) $NSOMEM_RULE"; ls "$NSOMEM_INCIDENT_DIR" >/dev/null 2>&1 && echo entered; exit 0';
  testUnless(usersMissing, "runs as root in the incident's directory", async () =>
    expect(await run(scene.script("page", script), "ourselves")).toMatch(
      new RegExp(`^done 0 [\\d ]+ ${incident} warning_phy\nentered$`),
    ),
  );
  testUnless(
    usersMissing,
    "runs as NSO's user outside of it, and its output is kept all the same",
    async () =>
      expect(await run(scene.script("page", script), { uid: 12345, gid: 12345, groups: [] })).toBe(
        "done 12345 12345 / warning_phy",
      ),
  );

  test("runs in / where the incident's file system hangs, though its output is lost", async () => {
    const path = join(scene.dir, "page");
    writeFileSync(path, `#!/bin/sh\npwd > ${join(scene.dir, "ran")}\necho said\n`, { mode: 0o755 });
    const facts = { schema: 1, rule: "warning_phy", incident_dir: incident, reading: {} } as ActionFacts;
    const outcome = await runExecutable({
      ...{ path, runAs: "ourselves", facts, dir: undefined, timeoutMs: 5000, env: { PATH: "/usr/bin:/bin" } },
      onChild: () => {},
      stop: new AbortController().signal,
    });
    expect(outcome).toMatchObject({ outcome: "done", files: [] });
    expect(readFileSync(join(scene.dir, "ran"), "utf8")).toBe("/\n");
  });
});
