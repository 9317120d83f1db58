/** Debug dumps of root's agent for an NSO of root's and of another user's, by real processes of theirs. */

import { afterEach, beforeEach, describe, expect } from "bun:test";
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { openHandover } from "../../../src/linux/handover.ts";
import type { NcsCommand } from "../../../src/linux/ncs-command.ts";
import type { RunAs } from "../../../src/linux/run-as.ts";
import type { DumpRoom } from "../../../src/rescue/debug-dump/dump-room.ts";
import { takeDumpSeries } from "../../../src/rescue/debug-dump/dump-series.ts";
import { testUnless } from "../../lab/missing.ts";
import { usersMissing } from "../../lab/users.ts";
import { createUserScene, type UserScene } from "../../linux/user-scene.ts";

const lacking = usersMissing;
const nso = { uid: 12345, gid: 12345, groups: [27, 12345] };
let scene: UserScene;
let incident: string;
beforeEach(() => {
  scene = createUserScene();
  incident = join(scene.dir, "state/incidents/one");
  mkdirSync(incident, { recursive: true });
  for (const dir of ["state", "state/incidents", "state/incidents/one"])
    chmodSync(join(scene.dir, dir), 0o700);
});
afterEach(() => scene.close());

const enough: DumpRoom = { obstacle: async () => undefined, watch: () => () => {} };

async function series(
  path: string,
  runAs: RunAs,
  count = 3,
  { env = {}, room = enough }: { env?: NcsCommand["env"]; room?: DumpRoom } = {},
) {
  const handover = await openHandover(incident, runAs);
  try {
    return await takeDumpSeries({
      plan: { count, intervalMs: 0, timeoutMs: 5000 },
      ncs: { path, runAs, env: { PATH: "/usr/bin:/bin", ...env }, passedOver: [] },
      ...{ handover, dir: incident, stop: new AbortController().signal },
      room,
      onChild: () => {},
      isCoreAlive: () => true,
      onProgress: () => {},
    });
  } finally {
    await handover.close();
  }
}

/** What is in the incident, each file with its owner and mode. */
function found(): string[] {
  return readdirSync(incident)
    .sort()
    .map((name) => {
      const { uid, gid, mode } = statSync(join(incident, name));
      return `${name} ${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
    });
}

describe("the debug dumps of another user's NSO", () => {
  testUnless(
    lacking,
    "are taken by a command of that user, with his groups, and end up root's alone",
    async () => {
      const path = scene.script("ncs", '{ id -u; id -g; id -G; pwd; echo "$0 $*"; } > "$2"; chmod 666 "$2"', {
        uid: 12345,
      });
      const outcome = await series(path, nso);
      expect(outcome).toMatchObject({
        outcome: "done",
        files: [1, 2, 3].map((n) => join(incident, `dump${n}.bin`)),
      });
      expect(found()).toEqual(["dump1.bin 0:0 600", "dump2.bin 0:0 600", "dump3.bin 0:0 600"]);
      const [uid, gid, groups, cwd, words] = readFileSync(join(incident, "dump1.bin"), "utf8").split("\n");
      expect([uid, gid, groups]).toEqual(["12345", "12345", "12345 27"]);
      expect(words).toBe(`${path} --debug-dump ${cwd}/dump1.bin`);
    },
  );
  testUnless(
    lacking,
    "are taken with the environment that was listed, no descriptor of ours and no terminal",
    async () => {
      const path = scene.script("ncs", '{ env; ls -l /proc/$$/fd; ps -o tty= -p $$; } > "$2"');
      await series(path, nso, 1, { env: { HOME: "/", NCS_IPC_PORT: "4570" } });
      const text = readFileSync(join(incident, "dump1.bin"), "utf8");
      const variables = text
        .split("\n")
        .filter((line) => /^[A-Za-z_]+=/.test(line) && !/^(PWD|OLDPWD|SHLVL|_)=/.test(line));
      expect(variables.sort()).toEqual(["HOME=/", "NCS_IPC_PORT=4570", "PATH=/usr/bin:/bin"]);
      const descriptors = [...text.matchAll(/ (\d+) -> (\S+)/g)].map(([, number, to]) => `${number} ${to}`);
      // From 10 on: the shell's own, its script and the stdout that it was given.
      expect(
        descriptors.filter(
          (one) => !/^(0 \/dev\/null|1 .*dump1\.bin|2 (socket|pipe):.*|1\d (\/dev\/null|.*ncs))$/.test(one),
        ),
      ).toEqual([]);
      expect(text.trimEnd()).toEndWith("?");
    },
  );
  testUnless(
    lacking,
    "are not taken over where he left a link, a second name or a FIFO in place of one",
    async () => {
      const path = scene.script(
        "ncs",
        'case $2 in *dump1.bin) ln -s /etc/shadow "$2";; *dump2.bin) echo x > other; ln other "$2";; *) mkfifo "$2";; esac',
      );
      const shadow = () => statSync("/etc/shadow");
      const { uid, mode } = shadow();
      // A failed one leaves no name behind, so that each is asked for under the first: three series.
      for (const [link, complaint] of [
        ["dump1.bin", "it is a symbolic link"],
        ["dump2.bin", "it is a hard link"],
        ["dump3.bin", "it is not a regular file"],
      ]) {
        const outcome = await series(path, nso, 1);
        expect(outcome).toMatchObject({ outcome: "failed", files: [] });
        expect(outcome.message).toContain(`ncs said it was done, but ${complaint}`);
        expect(found().filter((name) => !name.startsWith("dump"))).toEqual([]);
        Bun.spawnSync(["touch", join(incident, link ?? "")]);
      }
      expect(shadow()).toMatchObject({ uid, mode });
    },
  );
  testUnless(lacking, "that failed are kept as incomplete ones, root's too", async () => {
    const path = scene.script("ncs", 'echo half > "$2"; echo no >&2; exit 3');
    const outcome = await series(path, nso, 1);
    expect(outcome.message).toContain("exit 3: ncs timed out while collecting: no");
    expect(found()).toEqual(["dump1.bin.incomplete 0:0 600"]);
  });
  testUnless(lacking, "stop where the command becomes another user's between two of them", async () => {
    const path = scene.script("ncs", 'echo x > "$2"');
    const first = await series(path, nso, 1);
    expect(first.outcome).toBe("done");
    chownSync(path, 65534, 65534);
    const second = await series(path, nso, 1);
    expect(second.message).toContain(
      `refused: ${path} belongs to user 65534, neither to root nor to user 12345`,
    );
  });
});

describe("the debug dumps of root's NSO", () => {
  testUnless(lacking, "are for root alone, whatever mode ncs gave them", async () => {
    const path = scene.script("ncs", 'id -u > "$2"; chmod 644 "$2"');
    expect((await series(path, "ourselves", 2)).outcome).toBe("done");
    expect(found()).toEqual(["dump1.bin 0:0 600", "dump2.bin 0:0 600"]);
    expect(readFileSync(join(incident, "dump1.bin"), "utf8")).toBe("0\n");
  });
  testUnless(
    lacking,
    "are so while they are written too: whoever ends then leaves no readable half",
    async () => {
      const path = scene.script("ncs", 'umask > "$2"; stat -c %a "$2" >> "$2"');
      const before = process.umask();
      expect((await series(path, "ourselves", 1)).outcome).toBe("done");
      expect(readFileSync(join(incident, "dump1.bin"), "utf8")).toBe("0077\n600\n");
      expect(process.umask()).toBe(before);
    },
  );
  testUnless(lacking, "are not taken by an ncs that another user could write", async () => {
    const path = scene.script("ncs", 'id -u > "$2"', { mode: 0o757 });
    const outcome = await series(path, "ourselves", 1);
    expect(outcome.message).toContain(
      `refused: ${path} can be written by others (mode 0757); mend it with: chmod go-w ${path}`,
    );
    expect(found()).toEqual([]);
  });
});

describe("the room that debug dumps leave", () => {
  /** As if the disk had `answers`: what stands against another dump, asked once after the other; then nothing. */
  const roomOf = (...answers: (string | undefined)[]): DumpRoom => ({
    ...enough,
    obstacle: async () => answers.shift(),
  });

  testUnless(usersMissing, "ends the series before one that has none", async () => {
    const path = scene.script("ncs", 'echo x > "$2"');
    const outcome = await series(path, "ourselves", 3, { room: roomOf(undefined, "1 MiB is free") });
    expect(outcome).toMatchObject({ outcome: "partial", files: [join(incident, "dump1.bin")] });
    expect(outcome.message).toContain(`no room for another in ${incident}: 1 MiB is free`);
  });

  testUnless(usersMissing, "is not taken by what a failed one left", async () => {
    const path = scene.script("ncs", 'head -c 100000 /dev/zero > "$2"; exit 1');
    const outcome = await series(path, "ourselves", 3, { room: roomOf(undefined, "1 MiB is free") });
    expect(outcome).toMatchObject({ outcome: "failed", files: [] });
    expect(outcome.message).not.toContain("dump 2");
    expect(outcome.message).toContain("what there was of it is removed: 1 MiB is free");
    expect(found()).toEqual([]);
  });

  testUnless(usersMissing, "ends one that takes too much, with what it started, and removes it", async () => {
    const path = scene.script("ncs", 'while :; do head -c 100000 /dev/zero; sleep 0.01; done > "$2"');
    let asked = 0;
    const room: DumpRoom = {
      obstacle: async () => (asked++ === 0 ? undefined : "1 MiB is free"),
      watch(onShort) {
        const timer = setTimeout(onShort, 200, "1 MiB is free");
        return () => clearTimeout(timer);
      },
    };
    const outcome = await series(path, "ourselves", 3, { room });
    expect(outcome).toMatchObject({ outcome: "failed", files: [] });
    expect(outcome.message).toContain(
      "dump 1: ended and removed, since it took too much room: 1 MiB is free",
    );
    expect(outcome.message).not.toContain("dump 2");
    expect(found()).toEqual([]);
  });
});
