/** What `make install` puts in place, used as it is meant to be: by man, and by TAB in three shells. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { until } from "../lab/part.ts";
import { plainEnvironment, run } from "./binary.ts";
import { createScene } from "./scene.ts";
import { openTerminal } from "./tmux.ts";

const scene = createScene();
const root = mkdtempSync(join(tmpdir(), "nsomem-installed-"));
const share = join(root, "usr/share");
const home = join(root, "home");
const ids = ["2026-11-27T10-00-00-physical", "2026-11-28T11-00-00-physical"];

/** The binary is the one under test, so make neither builds nor installs anything for it. */
function make(target: string) {
  return Bun.spawnSync(
    ["make", "-o", "build", "-o", "dist/nsomem", target, `DESTDIR=${root}`, "PREFIX=/usr"],
    { cwd: resolve(import.meta.dir, "../.."), env: plainEnvironment, stderr: "pipe" },
  );
}

const installed = () =>
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.startsWith("usr/") && statSync(join(root, path)).isFile())
    .map((path) => [path, (statSync(join(root, path)).mode & 0o777).toString(8)])
    .sort();

beforeAll(() => {
  const { success, stderr } = make("install");
  if (!success) throw new Error(stderr.toString());
  for (const id of ids) {
    mkdirSync(join(home, "incidents", id), { recursive: true, mode: 0o700 });
    const step = { at: "2026-11-28T10:00:00.000+00:00", step: "opened", kind: "physical" };
    writeFileSync(join(home, "incidents", id, "incident.jsonl"), `${JSON.stringify(step)}\n`, {
      mode: 0o600,
    });
  }
});
afterAll(() => rmSync(root, { recursive: true }));

test("make install puts the binary, its unit, the man page and three completions in place, for everybody to read", () =>
  expect(installed()).toEqual([
    ["usr/bin/nsomem", "755"],
    ["usr/lib/systemd/system/nsomem.service", "644"],
    ["usr/share/bash-completion/completions/nsomem", "644"],
    ["usr/share/fish/vendor_completions.d/nsomem.fish", "644"],
    ["usr/share/man/man1/nsomem.1", "644"],
    ["usr/share/zsh/site-functions/_nsomem", "644"],
  ]));

describe("the man page", () => {
  const lacking = missingCommand("man", "groff");
  /** Rendered for 80 columns, as text without the overstrikes that make it bold. */
  const render = (words: string[], env: Record<string, string> = {}) => {
    const child = Bun.spawnSync(["man", "--warnings", ...words], {
      env: { ...plainEnvironment, MANWIDTH: "80", MANPAGER: "cat", ...env },
      stderr: "pipe",
    });
    const text = child.stdout.toString().replace(/.\x08/g, "");
    return { text: Bun.stripANSI(text), warnings: child.stderr.toString() };
  };

  testUnless(lacking, "is rendered without a warning, and no line is longer than the terminal", () => {
    const { text, warnings } = render(["-l", join(share, "man/man1/nsomem.1")]);
    expect(warnings).toBe("");
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    for (const words of [
      "NSOMEM(1)",
      "nsomem - memory rescue",
      "nsomem incidents show",
      "--home DIR",
      "COMING FROM",
    ])
      expect(text).toContain(words);
  });

  testUnless(lacking, "is found by its name", () => {
    const { text, warnings } = render(["nsomem"], { MANPATH: join(share, "man") });
    expect(warnings).toBe("");
    expect(text).toContain("EVERY DAY");
  });

  testUnless(lacking, "keeps what is to be typed as it is typed", () => {
    const { text } = render(["-l", join(share, "man/man1/nsomem.1")]);
    expect(text).toContain("bash plot.sh -v -m NaN");
    expect(text).toContain("printf 'show users | nomore\\nshow ncs-state | nomore\\n' |");
    // Hyphens, quotes and backslashes: none of them is a typographic one.
    expect(text.match(/[^\x20-\x7e\n]/g)?.filter((sign) => sign !== "•" && sign !== "·") ?? []).toEqual([]);
  });
});

describe("the completion", () => {
  const lines: [line: string, candidates: string[]][] = [
    ["nsomem inci", ["incidents"]],
    ["nsomem incidents ", ["bundle", "list", "show"]],
    ["nsomem start --d", ["--daemon", "--dry-run"]],
    ["nsomem export --format ", ["csv", "json", "plot"]],
    ["nsomem completion ", ["bash", "fish", "zsh"]],
    ["nsomem help migr", ["migrate"]],
    ["nsomem config ch", ["check"]],
    [`nsomem incidents show --home ${home} 2026`, ids],
    [`nsomem dump ${share}/man/man1/nso`, [`${share}/man/man1/nsomem.1`]],
    [`nsomem start --home ${root}/us`, [`${root}/usr/`]],
    ["nsomem start --name ", []],
  ];

  testUnless(missingCommand("bash"), "of bash has these candidates", () => {
    const script = join(share, "bash-completion/completions/nsomem");
    const program = `
      source ${script}
      complete_line() {
        COMP_LINE=$1 COMP_POINT=\${#1}
        read -ra COMP_WORDS <<<"$1"
        [[ $1 == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
        _nsomem
        printf '%s\\n' "\${COMPREPLY[@]}"
      }
      complete_line "$1"`;
    for (const [line, candidates] of lines)
      expect([line, spoken(["bash", "-c", program, "bash", line])]).toEqual([
        line,
        // A directory's slash is readline's.
        candidates.map((each) => (each.endsWith("/") ? each.slice(0, -1) : each)),
      ]);
  });

  testUnless(missingCommand("fish"), "of fish has these candidates", () => {
    const script = join(share, "fish/vendor_completions.d/nsomem.fish");
    for (const [line, candidates] of lines) {
      const found = spoken([
        "fish",
        "--no-config",
        "-c",
        `source ${script}; complete -C ${JSON.stringify(line)}`,
      ]);
      expect([line, found.map((each) => each.split("\t")[0] ?? "")]).toEqual([line, candidates]);
    }
  });

  /** Of a shell that is typed into; `keys` end in what is looked for. */
  async function typed(shell: string[], keys: string, wanted: RegExp): Promise<string> {
    const command = shell.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    const terminal = scene.keep(
      openTerminal({
        dir: scene.dir(),
        script: command,
        columns: 100,
        env: { HOME: scene.dir(), PATH: `${join(root, "usr/bin")}:${plainEnvironment.PATH}` },
      }),
    );
    await until("the prompt", () => terminal.screen().at(-1)?.endsWith("ready>"));
    terminal.press(keys, "Tab", "Tab");
    return await until(`${wanted} after ${keys}`, () => {
      const text = terminal.screen().join("\n");
      return wanted.test(text) ? text : undefined;
    });
  }

  const tabs: [keys: string, wanted: RegExp][] = [
    ["nsomem inci", /nsomem incidents/],
    ["nsomem doctor --js", /nsomem doctor --json/],
    [`nsomem incidents show --home ${home} 2026-11-28`, new RegExp(ids[1] ?? "")],
  ];

  for (const [keys, wanted] of tabs) {
    const rc = () => join(scene.dir(), "rc");

    testUnless(
      missingCommand("tmux", "bash"),
      `of bash answers TAB after ${keys.replace(root, "…")}`,
      async () => {
        writeFileSync(rc(), `PS1='ready>'\nsource ${share}/bash-completion/completions/nsomem\n`);
        await typed(["bash", "--noprofile", "--rcfile", rc(), "-i"], keys, wanted);
      },
    );

    testUnless(
      missingCommand("tmux", "zsh"),
      `of zsh answers TAB after ${keys.replace(root, "…")}`,
      async () => {
        const init = `PS1='ready>'; fpath=(${share}/zsh/site-functions $fpath); autoload -Uz compinit; compinit -D -u`;
        writeFileSync(join(scene.dir(), ".zshrc"), `${init}\n`);
        await typed(["env", `ZDOTDIR=${scene.dir()}`, "zsh", "-d", "-i"], keys, wanted);
      },
    );
  }

  const loader = "/usr/share/bash-completion/bash_completion";
  testUnless(
    existsSync(loader) ? missingCommand("bash") : "bash-completion is not installed",
    "of bash is loaded when it is needed",
    () => {
      const program = `source ${loader}; { _comp_load nsomem || _completion_loader nsomem; } 2>/dev/null; complete -p nsomem`;
      const child = Bun.spawnSync(["bash", "-c", program], {
        env: { ...plainEnvironment, XDG_DATA_DIRS: share },
      });
      expect(child.stdout.toString()).toBe("complete -F _nsomem nsomem\n");
    },
  );

  test("for another shell is refused by name", async () => {
    const { exitCode, stderr } = await run(["completion", "tcsh"]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('bash, zsh, fish, not for "tcsh"')]);
  });
});

test("make uninstall leaves nothing of it", () => {
  expect(make("uninstall").success).toBe(true);
  expect(installed()).toEqual([]);
});

/** What a shell prints, as sorted lines. */
function spoken(command: string[]): string[] {
  const child = Bun.spawnSync(command, {
    env: { ...plainEnvironment, HOME: root, PATH: `${join(root, "usr/bin")}:${plainEnvironment.PATH}` },
    stderr: "pipe",
  });
  expect(child.stderr.toString()).toBe("");
  const said = child.stdout.toString().split("\n");
  return said.filter((line) => line !== "").sort();
}
