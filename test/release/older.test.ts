/** What 0.1.0 recorded, read by this version: test/release/home-0.1.0 is its --home after a demo, and stays as it is. */

import { afterAll, expect, test } from "bun:test";
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../e2e/binary.ts";

const id = "20261128T225815-827-physical";
const home = mkdtempSync(join(tmpdir(), "nsomem-older-"));
cpSync(join(import.meta.dir, "home-0.1.0"), home, { recursive: true });
chmodSync(home, 0o700);
afterAll(() => rmSync(home, { recursive: true, force: true }));
const utc = { env: { TZ: "UTC" } };

test("the incident, its verdict and its steps", async () => {
  const list = await run(["incidents", "list", "--home", home], utc);
  expect(list.exitCode).toBe(0);
  expect(list.stdout).toMatch(new RegExp(`^${id} +complete +2 `, "m"));
  const shown = await run(["incidents", "show", id, "--home", home], utc);
  expect(shown.stdout).toContain("2026-11-28T22:58:17.861+00:00  SIGUSR1 was sent to PID 1422");
  expect(shown.stdout).toContain("What the memory was used for is not in the dump.");
});

test("the history: figures, and the report with the incident first", async () => {
  const stats = await run(["stats", "--home", home], utc);
  expect([stats.exitCode, stats.stderr]).toEqual([0, ""]);
  expect(stats.stdout).toStartWith("28 Nov 22:58:14 – 28 Nov 22:58:59 (UTC), 50 ticks");
  expect(stats.stdout).toMatch(/Host MemUsed +1\.7 GiB +2\.7 GiB/);
  const graph = await run(["graph", "--home", home], utc);
  expect(graph.exitCode).toBe(0);
  expect(graph.stdout).toContain(`Incident ${id}: physical memory became critical at 28 Nov 22:58:17.`);
  expect(existsSync(join(home, "graphs/report.html"))).toBe(true);
});

test("the state that its agent left, and the bundle", async () => {
  const { stdout } = await run(["status", "--home", home], utc);
  expect(stdout).toContain("not running");
  const bundle = await run(["incidents", "bundle", id, "--home", home, "--out", join(home, "b.tar.gz")], utc);
  expect([bundle.exitCode, existsSync(join(home, "b.tar.gz"))]).toEqual([0, true]);
});
