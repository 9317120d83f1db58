/**
 * The whole of `make test`: types, lint, shell scripts, then every test. Each check counts as one test.
 * The last line reads `N passed, N failed`, with `, N skipped` where some were. `--static` leaves the tests out.
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Counts, readJunit } from "./junit.ts";
import { missingCommand } from "./lab/missing.ts";

const suiteTimeoutMs = 45 * 60_000;
/** Bun's own is 5 s, too little for a busy build machine; bunfig.toml's is not heeded by 1.4.5. */
const testTimeoutMs = 60_000;

const total: Counts = { passed: 0, skipped: [], failed: [] };
const staticOnly = process.argv.includes("--static");

check("types: tsc", ["node_modules/.bin/tsc", "--noEmit", "-p", "."]);
check("types of the report page: tsc", ["node_modules/.bin/tsc", "--noEmit", "-p", "src/report/page/client"]);
check("lint and form: biome", ["node_modules/.bin/biome", "ci", "--error-on-warnings", "--colors=off", "."]);
checkShellScripts();
if (!staticOnly) add(runTests());

for (const name of total.skipped) console.log(`skipped: ${name}`);
for (const name of total.failed) console.log(`FAILED: ${name}`);
const ran = total.passed + total.failed.length;
if (ran === 0) console.log("no test ran at all, which is a failure too");
const skipped = total.skipped.length > 0 ? `, ${total.skipped.length} skipped` : "";
console.log(`${total.passed} passed, ${total.failed.length} failed${skipped}`);
process.exit(ran === 0 || total.failed.length > 0 ? 1 : 0);

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

/** One process, one file after the other: tests that fill memory must not meet. Its output goes to the terminal. */
function runTests(): Counts {
  const dir = mkdtempSync(join(tmpdir(), "nsomem-test-"));
  const report = join(dir, "junit.xml");
  try {
    const result = Bun.spawnSync(
      [
        process.execPath,
        "test",
        `--timeout=${testTimeoutMs}`,
        "--reporter=junit",
        `--reporter-outfile=${report}`,
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
