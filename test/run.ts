/**
 * `make test`: types, lint, shell scripts, then every test. Each check counts as one test. `--static` leaves the tests
 * out. `--unit` runs the unit tests and nothing else, `--watch` those that a change reaches, again and again.
 * `--only PATH`, once or more, runs the tests of these files and folders, without the checks.
 * The last line reads `N passed, N failed`, with `, N skipped` where some were.
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { isUnit, testsAt, unitTests } from "./folders.ts";
import { type Counts, readJunit } from "./junit.ts";
import { missingCommand } from "./lab/missing.ts";

const testDir = import.meta.dir;
const suiteTimeoutMs = 45 * 60_000;
/** Bun's own is 5 s, too little for a busy build machine; bunfig.toml's is not heeded by 1.4.5. */
const testTimeoutMs = 60_000;
const bunTest = [process.execPath, "test", `--timeout=${testTimeoutMs}`] as const;

const { values: args } = parseArgs({
  options: {
    static: { type: "boolean", default: false },
    unit: { type: "boolean", default: false },
    watch: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
  },
});
const total: Counts = { passed: 0, skipped: [], failed: [] };
const files = chosenFiles();

if (args.watch && files) watch(files);
if (!args.unit && args.only.length === 0) runChecks();
if (!args.static) add(runTests());

for (const name of total.skipped) console.log(`skipped: ${name}`);
for (const name of total.failed) console.log(`FAILED: ${name}`);
const ran = total.passed + total.failed.length;
if (ran === 0) console.log("no test ran at all, which is a failure too");
const skipped = total.skipped.length > 0 ? `, ${total.skipped.length} skipped` : "";
console.log(`${total.passed} passed, ${total.failed.length} failed${skipped}`);
process.exit(ran === 0 || total.failed.length > 0 ? 1 : 0);

/** The test files that were asked for; undefined for all there are. A path that names none is a failure: nothing runs. */
function chosenFiles(): string[] | undefined {
  const unitOnly = args.unit || args.watch;
  if (args.only.length === 0) return unitOnly ? unitTests(testDir) : undefined;
  const named = args.only.map((path) => ({
    path,
    files: testsAt(path).filter((file) => {
      const below = relative(testDir, file);
      return !below.startsWith("..") && (!unitOnly || isUnit(below));
    }),
  }));
  const wrong = named.filter((one) => one.files.length === 0).map(({ path }) => path);
  for (const path of wrong)
    total.failed.push(
      `ONLY=${path} names no ${unitOnly ? "unit test" : "test"}; name a file like test/core/level.test.ts, or a folder`,
    );
  return wrong.length > 0 ? [] : named.flatMap((one) => one.files);
}

function runChecks(): void {
  check("types: tsc", ["node_modules/.bin/tsc", "--noEmit", "-p", "."]);
  check("types of the report page: tsc", [
    "node_modules/.bin/tsc",
    "--noEmit",
    "-p",
    "src/report/page/client",
  ]);
  check("lint and form: biome", [
    "node_modules/.bin/biome",
    "ci",
    "--error-on-warnings",
    "--colors=off",
    ".",
  ]);
  checkShellScripts();
}

function check(name: string, command: [string, ...string[]]): void {
  const result = Bun.spawnSync(command, { stdout: "pipe", stderr: "pipe" });
  if (result.success) {
    total.passed++;
    console.log(`ok: ${name}`);
    return;
  }
  total.failed.push(name);
  console.log(`FAILED: ${name}\n${result.stdout}${result.stderr}`);
}

/** Every script that git tracks. */
function checkShellScripts(): void {
  const name = "shell scripts: shellcheck";
  const listed = Bun.which("git") ? Bun.spawnSync(["git", "ls-files", "*.sh", ".ci/run"]) : undefined;
  const lacking = missingCommand("shellcheck", "git") ?? (listed?.success ? undefined : "not a git checkout");
  if (lacking) total.skipped.push(`${name} (${lacking})`);
  else check(name, ["shellcheck", ...(listed?.stdout.toString().trim().split("\n") ?? [])]);
}

/**
 * All in one process, one file after the other: tests that fill memory must not meet. Unit tests fill none: one
 * worker a core, since some of them measure times. Their output goes to the terminal.
 */
function runTests(): Counts {
  if (files?.length === 0) return { passed: 0, skipped: [], failed: [] };
  const dir = mkdtempSync(join(tmpdir(), "nsomem-test-"));
  const report = join(dir, "junit.xml");
  try {
    const result = Bun.spawnSync(
      [
        ...bunTest,
        ...(args.unit ? ["--parallel"] : []),
        "--reporter=junit",
        `--reporter-outfile=${report}`,
        ...(files ?? []),
      ],
      { stdout: "inherit", stderr: "inherit", timeout: suiteTimeoutMs },
    );
    const counts = readJunit(readReport(report));
    // A crash, a hang, an error outside any test: none of these is a failed test in the report.
    if (!result.success && counts.failed.length === 0) {
      const how = result.exitedDueToTimeout ? `not done after ${suiteTimeoutMs / 60_000} min` : "see above";
      counts.failed.push(`bun test ended with ${result.signalCode ?? result.exitCode} (${how})`);
    }
    return counts;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/**
 * Runs until it is interrupted: of these files, at each change those that import something uncommitted. What a test
 * reads without importing it, as those of plot.sh do, is not seen; `--only` runs all that it names each time.
 */
function watch(watched: readonly string[]): void {
  if (watched.length === 0) return;
  const changed = args.only.length === 0 ? ["--changed"] : [];
  const command = [...bunTest, "--watch", ...changed, ...watched];
  process.exit(Bun.spawnSync(command, { stdio: ["inherit", "inherit", "inherit"] }).exitCode);
}

function readReport(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function add(counts: Counts): void {
  total.passed += counts.passed;
  total.skipped.push(...counts.skipped);
  total.failed.push(...counts.failed);
}
