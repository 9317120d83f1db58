import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultConfig } from "../../src/core/config.ts";
import { checkHost } from "../../src/doctor/host.ts";
import { resolvePaths } from "../../src/record/paths.ts";
import { type MadeUpProc, makeProc } from "../linux/made-up-proc.ts";

let proc: MadeUpProc;
beforeEach(() => {
  proc = makeProc();
});
afterEach(() => proc.close());

const gib = 1024 ** 2;

/** The check `name` on a host of 16 GiB of RAM without a core. */
function checkOn(
  name: string,
  { mode = 2, ratio = 95, swapKib = 0, swappiness = 60, committedKib = 3 * gib } = {},
) {
  const meminfo = {
    MemTotal: 16 * gib,
    MemFree: 8 * gib,
    MemAvailable: 8 * gib,
    SwapTotal: swapKib,
    SwapFree: swapKib,
    CommitLimit: 15 * gib,
    Committed_AS: committedKib,
  };
  mkdirSync(join(proc.dir, "sys/vm"), { recursive: true });
  const write = (path: string, text: string) => writeFileSync(join(proc.dir, path), `${text}\n`);
  write(
    "meminfo",
    Object.entries(meminfo)
      .map(([key, kib]) => `${key}: ${kib} kB`)
      .join("\n"),
  );
  write("sys/vm/overcommit_memory", String(mode));
  write("sys/vm/overcommit_ratio", String(ratio));
  write("sys/vm/swappiness", String(swappiness));
  const roots = { procDir: proc.dir, cgroupDir: join(proc.dir, "cgroup") };
  const paths = resolvePaths({ home: proc.dir });
  const checks = checkHost(undefined, { paths, config: defaultConfig(), roots, choice: {} });
  return checks.find((check) => check.name === name);
}

describe("the host", () => {
  test("with strict overcommit at the recommended ratio is in order", () =>
    expect(checkOn("overcommit")).toMatchObject({
      verdict: "ok",
      found: "mode 2, ratio 95; Committed_AS 3.0 GiB of CommitLimit 15.0 GiB (20 %)",
    }));
  test("with another ratio is shown the recommended one", () =>
    expect(checkOn("overcommit", { ratio: 50, swapKib: 4 * gib })).toMatchObject({
      verdict: "warn",
      mend: expect.stringContaining("vm.overcommit_ratio = 70"),
    }));
  test("with heuristic overcommit is warned that CommitLimit does not bind", () =>
    expect(checkOn("overcommit", { mode: 0 })).toMatchObject({
      verdict: "warn",
      found: expect.stringContaining("CommitLimit does not bind"),
    }));
  test("that has committed more than strict overcommit would give is not told to set it", () => {
    const check = checkOn("overcommit", { mode: 0, committedKib: 14 * gib });
    expect(check?.verdict).toBe("warn");
    expect(JSON.stringify(check)).toContain("14.0 GiB are committed");
    expect(JSON.stringify(check)).not.toContain("vm.overcommit_memory = 2");
  });
  test("without swap needs no swappiness", () => expect(checkOn("swap")).toMatchObject({ verdict: "ok" }));
  test.each([
    [1, "ok"],
    [2, "warn"],
  ])("with swap and swappiness %d is %s", (swappiness, verdict) =>
    expect(checkOn("swap", { swapKib: gib, swappiness })).toMatchObject({ verdict }),
  );
  test("with more swap than RAM is warned of it", () =>
    expect(checkOn("swap", { swapKib: 16 * gib + 1, swappiness: 1 })).toMatchObject({
      verdict: "warn",
      found: expect.stringContaining("more than RAM"),
    }));
});
