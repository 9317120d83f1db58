/**
 * The quick start of the README with the default paths, as root and as an ordinary user: in mounts of its own, so that no
 * real file is touched, and among processes of its own, so that no other NSO is found.
 */

import { describe, expect } from "bun:test";
import { chmodSync, chownSync, copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { coreArguments, coreExecutable } from "../lab/command-line.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { nativeMissing, nativeProgram } from "../lab/native.ts";
import { asUser, usersMissing } from "../lab/users.ts";
import { nsomem, plainEnvironment } from "./binary.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const user = 12345;
const isReachable = (uid: number) =>
  Bun.spawnSync([...asUser(uid), "test", "-x", nsomem], { stderr: "ignore" }).success;
const trial = ["unshare", "--mount", "--pid", "--fork", "sh", "-c", "mount -t proc proc /proc"];
const missing =
  nativeMissing ??
  usersMissing ??
  missingCommand("unshare", "mount", "find") ??
  (Bun.spawnSync(trial, { stderr: "ignore" }).success
    ? undefined
    : "no mounts of one's own can be made here");

/** What is said on each step, by its name. */
type Said = Record<"start" | "status" | "json" | "stats" | "stop" | "files", string>;

/** From an empty host to `stop`, with everything that stands in the README and nothing else. */
const steps = `
cd "$HOME"
mount -t proc proc /proc
for dir in /var/lib /var/log /run; do mount -t tmpfs -o mode=0755 tmpfs "$dir"; done
# It ends with its input.
sleep 60 | bash -c 'exec -a "$0" "$@"' "$CORE_NAME" $AS "$CORE" $CORE_ARGUMENTS >/dev/null &
core=$!
sleep 0.3
step() { echo "== $1"; shift; "$@" 2>&1; }
step doctor $AS "$NSOMEM" doctor >/dev/null
step start $AS "$NSOMEM" start --daemon
sleep 1.5
step status $AS "$NSOMEM" status
step json $AS "$NSOMEM" status --json
step stats $AS "$NSOMEM" stats --json
step stop $AS "$NSOMEM" stop
step files find /var/lib/nsomem /var/log/nsomem /run/nsomem "$HOME" -mindepth 0 -printf '%m %y %p\\n'
kill -KILL $core
`;

/** Where this user's agent and core run, as whom. */
function quickStart(uid: number): Said {
  const dir = scene.dir();
  chmodSync(dir, 0o755);
  const home = join(dir, "home");
  mkdirSync(home);
  chownSync(home, uid, uid);
  const core = join(dir, "ncs.smp");
  copyFileSync(nativeProgram("core"), core);
  chmodSync(core, 0o755);
  const as = uid === 0 ? "" : asUser(uid).join(" ");
  const child = Bun.spawnSync(["unshare", "--mount", "--pid", "--fork", "bash", "-c", steps], {
    cwd: "/",
    env: {
      ...plainEnvironment,
      ...{ HOME: home, NSOMEM: nsomem, CORE: core, AS: as },
      CORE_NAME: uid === 0 ? coreExecutable : "setpriv",
      CORE_ARGUMENTS: coreArguments().join(" "),
    },
    timeout: 40_000,
  });
  const said = child.stdout.toString().split(/^== /m).slice(1);
  return Object.fromEntries(
    said.map((text) => [text.slice(0, text.indexOf("\n")), text.slice(text.indexOf("\n") + 1)]),
  ) as Said;
}

/** Whatever the user is: history, status and logs are there, and nothing complains. */
function expectRecorded(said: Said): void {
  expect(said.start).not.toMatch(/not recorded|unable|cannot/i);
  expect(said.status).not.toMatch(/not recorded|unable to open/i);
  const status = JSON.parse(said.json);
  expect(status).toMatchObject({ running: true, problems: [] });
  expect(JSON.parse(said.stats).ticks).toBeGreaterThan(0);
  const own = said.files.split("\n").filter((line) => /\/nsomem(?:\/|$)/.test(line));
  const loose = own.filter((line) => !/^(?:700 d|600 f|find:)/.test(line));
  expect(loose).toEqual([]);
}

describe("the quick start with the default paths", () => {
  testUnless(
    missing,
    "as root records from the first tick on a host without any of nsomem's directories",
    () => {
      const said = quickStart(0);
      expectRecorded(said);
      for (const path of ["/var/lib/nsomem/history.db", "/var/log/nsomem/monitor.log", "/run/nsomem/cores"])
        expect(said.files).toContain(`${path}\n`);
    },
  );

  testUnless(
    missing ?? (isReachable(user) ? undefined : "the binary is not readable for other users"),
    "as an ordinary user keeps everything in his home",
    () => {
      const said = quickStart(user);
      expectRecorded(said);
      expect(said.files).toContain("/home/.local/state/nsomem/history.db\n");
      expect(said.files).not.toMatch(/^\d+ [fd] \/(?:var|run)/m);
    },
  );
});
