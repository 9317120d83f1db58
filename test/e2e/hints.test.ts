/** Every command that the code can show is typed into a shell as it is shown, with a --home that must be quoted. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hint, setHints } from "../../src/core/hint.ts";
import { hintsIn, putIn, sources } from "../hints.ts";
import { plainEnvironment } from "./binary.ts";

const dir = mkdtempSync(join(tmpdir(), "nsomem-hints-"));
const home = join(dir, "it's home");
const config = join(home, "nsomem.toml");
const file = join(dir, "mem_ncs.smp.log");
const id = "2026-11-28T10-00-00-physical";

/** What stands for the expressions in hints, the first whose form is found in one. */
const samples: [form: RegExp, sample: string][] = [
  [/command\.replace/, "help start"],
  [/^before$/, "incidents "],
  [/\bguess\b/, "list"],
  [/\bid\b/i, id],
  [/^window$/, "--since 2026-01-13T10:00:00 --until 2026-01-13T11:00:00"],
  [/nsomem\.toml/, `'${config.replaceAll("'", "'\\''")}'`],
  [/args\.name/, file],
];

/** The hint as it is shown: what the code puts in, and what the reader fills in, has a value. */
function shownHint(words: string): string {
  const filled = putIn(words).reduce((text, expression) => {
    const found = samples.find(([form]) => form.test(expression));
    if (!found) throw new Error(`say in this test what stands for \${${expression}}`);
    return text.replace(`\${${expression}}`, () => found[1]);
  }, words);
  return hint(filled)
    .replace("import FILE", () => `import ${file}`)
    .replace("help COMMAND", "help start")
    .replace("--since TIME --until TIME", "--since 2026-01-13T10:00:00 --until 2026-01-13T11:00:00");
}

beforeAll(() => {
  mkdirSync(join(home, "incidents", id), { recursive: true, mode: 0o700 });
  for (const made of [home, join(home, "incidents")]) mkdirSync(made, { recursive: true, mode: 0o700 });
  writeFileSync(config, "", { mode: 0o600 });
  writeFileSync(file, "13:35:58 1000 2000 3000 4000 5000 6000 123\n");
  // Where no process is, no NSO of another test is found and followed.
  mkdirSync(join(dir, "proc"));
  setHints({ home, config }, () => "nsomem");
});
afterAll(() => {
  setHints({}, () => "nsomem");
  rmSync(dir, { recursive: true });
});

describe("a command that is shown", () => {
  const shown = sources.flatMap((source) => hintsIn(source));
  const places = Map.groupBy(shown, ({ words }) => words);
  for (const [words, where] of places)
    test(`${words} (${where.map(({ path, line }) => `${path}:${line}`).join(", ")}) is taken as it is`, () => {
      const typed = shownHint(words);
      const { exitCode, stderr } = Bun.spawnSync(["bash", "-c", typed], {
        cwd: dir,
        env: {
          ...plainEnvironment,
          NSOMEM_PROC: join(dir, "proc"),
        },
        timeout: 20_000,
      });
      expect([typed, exitCode === 2 ? stderr.toString() : "", exitCode === 127]).toEqual([typed, "", false]);
      expect(stderr.toString()).not.toContain("unexpected:");
    });
});
