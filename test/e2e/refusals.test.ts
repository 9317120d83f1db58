/** What the compiled binary refuses about a configuration: the sentence with its place, and the exit code. */

import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testUnless } from "../lab/missing.ts";
import { writeScript } from "./acting.ts";
import { run } from "./binary.ts";
import { createScene } from "./scene.ts";

// Each takes a second or two; a machine that others use too may need many times that.
setDefaultTimeout(30_000);
const scene = createScene();
const notRoot = process.getuid?.() === 0 ? undefined : "needs root";

function home(files: Record<string, string> = {}): string {
  const dir = join(scene.dir(), "home");
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

/** `start` with this home: what it says, with the home's path taken out. */
async function refusal(dir: string): Promise<string> {
  const { exitCode, stderr, stdout } = await run(["start", "--home", dir, "--pid", "1"]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  const check = await run(["config", "check", "--home", dir]);
  // The check says the same as the start.
  expect({ exitCode: check.exitCode, stderr: check.stderr }).toEqual({ exitCode: 2, stderr });
  return stderr.replaceAll(`${dir}/`, "").trimEnd();
}

describe("a configuration is refused with its place", () => {
  for (const [name, toml, said] of [
    [
      "an unknown key, with the nearest",
      "[physical]\n  warning_precent = 80\n",
      'nsomem.toml:2:3: unknown key "warning_precent"; did you mean "warning_percent"?\n      warning_precent = 80',
    ],
    [
      "an unknown section, with the nearest",
      "[physicl]\n",
      'nsomem.toml:1:1: unknown key "physicl"; did you mean "physical"?\n    [physicl]',
    ],
    [
      "a percentage out of its range",
      "[physical]\ncritical_percent = 101 # too much\n",
      "nsomem.toml:2:1: physical.critical_percent is 101; it must be more than 0 and at most 100\n    critical_percent = 101 # too much",
    ],
    [
      "a warning that is not below critical",
      "[allocated]\nwarning_percent = 95\n",
      "nsomem.toml:2:1: allocated.warning_percent is 95; it must be below critical_percent (95)\n    warning_percent = 95",
    ],
    [
      "an amount of free memory in the wrong order",
      '[physical]\nwarning_free = "1GiB"\ncritical_free = "2GiB"\n',
      'nsomem.toml:2:1: physical.warning_free is "1GiB"; it must be more than critical_free (2GiB)\n    warning_free = "1GiB"',
    ],
    [
      "a duration without a unit that is known",
      '[debug_dump]\ninterval = "1 week"\n',
      'nsomem.toml:2:1: debug_dump.interval is "1 week"; "1 week" is not a duration; write it like "500ms", "1s" or "10m"\n    interval = "1 week"',
    ],
    [
      "a duration out of its range",
      '[run]\ntimeout = "1ms"\n',
      'nsomem.toml:2:1: run.timeout is "1ms"; it must be from 100ms to 1d\n    timeout = "1ms"',
    ],
    [
      "a word that is not among those possible, with the nearest",
      '[allocated]\nenforce = "strikt"\n',
      'nsomem.toml:2:1: allocated.enforce is "strikt"; did you mean "strict"?\n    enforce = "strikt"',
    ],
    [
      "an action that is none, in the line where it stands",
      '[actions]\ncrit_phy = [\n  "debug-dump",\n  "crashdump",\n]\n',
      'nsomem.toml:4:4: actions.crit_phy[2] is "crashdump"; it is not an action; did you mean "crash-dump"?\n      "crashdump",',
    ],
    [
      "a value of the wrong type",
      '[debug_dump]\ncount = "three"\n',
      'nsomem.toml:2:1: debug_dump.count is "three"; it must be a number\n    count = "three"',
    ],
    [
      "a rule of one's own without a limit",
      '[[rule]]\nname = "a"\nkind = "physical"\npercent = 70\nactions = ["debug-dump"]\n[[rule]]\nname = "b"\nkind = "physical"\nactions = ["debug-dump"]\n',
      'nsomem.toml:6:1: rule[2].percent is missing; it needs a limit: percent = 80, or free = "4GiB", or both; or a forecast: within = "30m"\n    [[rule]]',
    ],
    [
      "a rule of one's own under an inherited name",
      '[[rule]]\nname = "crit_phy"\nkind = "physical"\npercent = 70\nactions = ["debug-dump"]\n',
      'nsomem.toml:2:1: rule[1].name is "crit_phy"; it is one of the six inherited rules; write its list under [actions]\n    name = "crit_phy"',
    ],
    [
      "an executable that is not there",
      '[actions]\ninfo_phy = ["run:/nowhere/page"]\n',
      'nsomem.toml:2:14: /nowhere/page is not there, or not a file\n    info_phy = ["run:/nowhere/page"]',
    ],
    [
      "a callback without a callbacks file",
      '[actions]\ninfo_phy = ["callback"]\n',
      'nsomem.toml:2:1: info_phy lists "callback", but there is no callbacks.ts beside this file\n    info_phy = ["callback"]',
    ],
  ] as const)
    test(name, async () => {
      expect(await refusal(home({ "nsomem.toml": toml }))).toBe(`nsomem: ${said}`);
    });

  test("what is not TOML, pointing at the character", async () => {
    const said = await refusal(home({ "nsomem.toml": "[physical]\nwarning_percent = \n" }));
    expect(said).toStartWith("nsomem: nsomem.toml:2:");
    expect(said).toContain("^");
  });

  test("a --config that is not there", async () => {
    const { exitCode, stderr } = await run(["start", "--home", home(), "--config", "/nowhere.toml"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("cannot read the configuration: ENOENT");
  });

  test("several complaints at once", async () => {
    const said = await refusal(
      home({ "nsomem.toml": "[debug_dump]\ncount = 0\n[crash_dump]\nconfirm = 1\n" }),
    );
    expect(said.split("\n").filter((line) => line.includes("nsomem.toml:"))).toHaveLength(2);
  });
});

describe("a callbacks file is refused at the start", () => {
  for (const [name, text, said] of [
    [
      "for a syntax error, with its line",
      "export const a = 1;\nexport function crit_phy( {\n",
      "callbacks.ts:2:",
    ],
    [
      "for an export that no rule calls",
      "export function warnin_phy() {}\n",
      'export "warnin_phy" is no rule\'s name; did you mean "warning_phy"?',
    ],
    [
      "for an export that is no function",
      "export const crit_phy = 5;\n",
      'export "crit_phy" is a number; it must be a function',
    ],
    [
      "for the three parameters of the original's callbacks",
      "export function crit_phy(logger, ncssmp_pid, overcommit_mode) {}\n",
      "crit_phy takes 3 parameters; a callback gets one context",
    ],
    [
      "for an error while it is loaded",
      'throw new Error("no database");\n',
      "callbacks.ts:1:11: Error: no database",
    ],
    [
      "for ending its process while it is loaded",
      "process.exit(0);\n",
      "ended its process while it was loaded: exit 0",
    ],
    [
      "for an import that is not there",
      'import { x } from "./mine";\nexport const crit_phy = () => x;\n',
      "mine",
    ],
  ] as const)
    test(name, async () => {
      expect(await refusal(home({ "callbacks.ts": text }))).toContain(said);
    });

  test("for an export that a written list would never call", async () => {
    const dir = home({
      "callbacks.ts": "export function crit_phy() {}\n",
      "nsomem.toml": '[actions]\ncrit_phy = ["crash-dump"]\n',
    });
    expect(await refusal(dir)).toContain(
      "nsomem.toml:2:1: callbacks.ts exports crit_phy, but this list would never call it",
    );
  });
});

describe("as root, what others can write is refused with the command that mends it", () => {
  const stranger = 12345;

  testUnless(notRoot, "a configuration", async () => {
    const dir = home({ "nsomem.toml": "" });
    chmodSync(join(dir, "nsomem.toml"), 0o664);
    const said = `refused: nsomem.toml can be written by others (mode 0664); mend it with: chmod go-w `;
    expect(await refusal(dir)).toBe(`nsomem: ${said}nsomem.toml`);
  });

  testUnless(notRoot, "a configuration of another user", async () => {
    const dir = home({ "nsomem.toml": "" });
    chownSync(join(dir, "nsomem.toml"), stranger, stranger);
    expect(await refusal(dir)).toBe(
      "nsomem: refused: nsomem.toml belongs to user 12345, not to root; mend it with: chown root nsomem.toml",
    );
  });

  testUnless(notRoot, "the directory of a configuration", async () => {
    const dir = home({ "nsomem.toml": "" });
    chmodSync(dir, 0o777);
    expect(await refusal(dir)).toBe(
      `nsomem: refused: directory ${dir} can be written by others (mode 0777); mend it with: chmod go-w ${dir}`,
    );
  });

  testUnless(notRoot, "callbacks", async () => {
    const dir = home({ "callbacks.ts": 'throw new Error("it was run")' });
    chmodSync(join(dir, "callbacks.ts"), 0o606);
    expect(await refusal(dir)).toContain("mend it with: chmod go-w callbacks.ts");
  });

  testUnless(notRoot, "an executable, also behind a symbolic link", async () => {
    const own = join(scene.dir(), "own");
    const real = writeScript(own, "page", "#!/bin/sh\n");
    const link = join(scene.dir(), "link");
    symlinkSync(real, link);
    const dir = home({ "nsomem.toml": `[actions]\ninfo_phy = ["run:${link}"]\n` });
    chmodSync(own, 0o770);
    expect(await refusal(dir)).toContain(
      `directory ${own} can be written by others (mode 0770); mend it with: chmod go-w ${own}`,
    );
  });

  testUnless(notRoot, "a tool", async () => {
    const own = join(scene.dir(), "own");
    chmodSync(writeScript(own, "plot.sh", "#!/bin/sh\n"), 0o777);
    const { exitCode, stderr } = await run([
      "start",
      "--home",
      home(),
      "--pid",
      "1",
      "--wait",
      "--tool",
      own,
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`chmod go-w ${own}/plot.sh`);
  });

  testUnless(
    notRoot,
    "but not what stands in a directory like /tmp, whose sticky bit keeps others out",
    async () => {
      const dir = home({ "nsomem.toml": "" });
      chmodSync(scene.dir(), 0o1777);
      expect((await run(["config", "check", join(dir, "nsomem.toml")])).exitCode).toBe(0);
    },
  );
});

testUnless(undefined, "what the system refuses is a sentence, without a stack", async () => {
  const { exitCode, stderr } = await run(["init", "/proc/nsomem"]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^nsomem: E[A-Z]+: [^\n]*'\/proc\/nsomem'\n$/);
});
