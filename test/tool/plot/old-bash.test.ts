/** plot.sh must run under bash 4.4 (RHEL 8). Where none is at hand: what newer ones brought is not in it unguarded. */

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { coreArgv } from "../../core/command-lines.ts";
import { type MadeUpProc, makeProc } from "./made-up-proc.ts";
import { script, startTool } from "./run.ts";

let made: MadeUpProc;
beforeEach(() => {
  made = makeProc();
  made.setProcess({ pid: 8571, argv: coreArgv() });
});
afterEach(() => made.remove());

const env = (more: Record<string, string> = {}) => ({
  NSOMEM_PROC: made.proc,
  NSOMEM_CGROUP: made.cgroup,
  ...more,
});

/** The lines that are not comments. */
const code = readFileSync(script, "utf8")
  .split("\n")
  .filter((line) => !/^\s*#/.test(line));

/** What came after 4.4. Source: the NEWS file of bash 5.0 to 5.3. */
const newer: [string, RegExp][] = [
  ["EPOCHSECONDS", /\bEPOCHSECONDS\b/],
  ["BASH_ARGV0", /\bBASH_ARGV0\b/],
  ["SRANDOM", /\bSRANDOM\b/],
  ["BASH_MONOSECONDS", /\bBASH_MONOSECONDS\b/],
  ["GLOBSORT", /\bGLOBSORT\b/],
  ["the transformations @U @u @L @K @k", /\$\{[^}]*@[UuLKk]\}/],
  ["wait -p or -f", /\bwait -[a-z]*[pf]/],
  ["read -E", /\bread -[a-z]*E/],
  ["local -I", /\b(local|declare) -[A-Za-z]*I/],
  ["unset of a whole array by [@]", /\bunset\b.*\[[@*]\]/],
  ["command substitution in the current shell", /\$\{[ |]/],
  ["assoc_expand_once and other options of shopt", /\bshopt\b/],
];

describe("in plot.sh", () => {
  test.each(newer)("there is no %s", (_, pattern) => {
    expect(code.filter((line) => pattern.test(line))).toEqual([]);
  });

  test("EPOCHREALTIME stands behind a test for it", () => {
    const users = code
      .map((line, index) => ({ line, index }))
      .filter(({ line }) => line.includes("EPOCHREALTIME"));
    const guards = users.filter(({ line }) => /\[\[ -n \$\{EPOCHREALTIME-\} \]\]/.test(line));
    expect(guards.length).toBeGreaterThan(0);
    for (const { index } of users)
      expect(guards.some((guard) => index - guard.index >= 0 && index - guard.index <= 2)).toBe(true);
  });

  test("nothing is substituted by a command, evaluated or sourced", () => {
    const withoutArithmetic = code.map((line) => line.replaceAll("$((", ""));
    expect(
      withoutArithmetic.filter((line) =>
        /\$\(|`|\beval\b|(^|[;&|]) *(source|\.) /.test(line.replace(/'[^']*'/g, "")),
      ),
    ).toEqual([]);
  });
});

describe("without EPOCHREALTIME, as under bash 4.4", () => {
  // Once unset, it is an ordinary variable.
  const asOld = ["bash", "-c", 'unset EPOCHREALTIME; script=$1; shift; source "$script" "$@"'];

  test("ticks keep their time, and lines carry it", async () => {
    const tool = startTool({ wrapper: asOld, env: env({ NSOMEM_INTERVAL_MS_MAX: "50" }) });
    await tool.ticks(11);
    const { code: exit, stderr } = await tool.end();
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    const times = tool.readings().flatMap(({ kind, atMs }) => (kind === "physical" ? [atMs] : []));
    expect((times[10] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(480);
    expect((times[10] ?? 0) - (times[0] ?? 0)).toBeLessThan(5000);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    // The fraction of the second is an estimate at first.
    expect(Math.abs((times[10] ?? 0) - Date.now())).toBeLessThan(4000);
  });

  test("a duration ends by itself", async () => {
    const startMs = performance.now();
    const { code: exit, stderr } = await startTool({ wrapper: asOld, args: ["0.2"], env: env() }).ended;
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(190);
  });
});

describe("with here-strings in files, as before bash 5.1", () => {
  test("the private pipe comes from elsewhere, and pauses are pauses", async () => {
    const tool = startTool({ env: env({ BASH_COMPAT: "4.4", NSOMEM_INTERVAL_MS_MAX: "50" }) });
    await tool.ticks(5);
    const { code: exit, stderr } = await tool.end();
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    const times = tool.readings().flatMap(({ kind, atMs }) => (kind === "physical" ? [atMs] : []));
    expect((times[4] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(180);
  });
});
