/** What an operator hands in: incidents listed, shown and bundled, with several gigabytes of dumps too. */

import { describe, expect } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { readOptional } from "../../src/linux/procfs.ts";
import { beamMissing, startBeam } from "../lab/beam.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { writeNcsCommand } from "../lab/ncs-command.ts";
import { nsomem, plainEnvironment, run } from "./binary.ts";
import { createKernelView, kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const missing = beamMissing ?? kernelViewMissing() ?? missingCommand("tar", "sha256sum", "gzip");

/** A rescue from warning to crash dump; its id. */
async function rescue(): Promise<{ home: string; id: string }> {
  const view = createKernelView(join(scene.dir(), "view"));
  const ncs = writeNcsCommand(join(scene.dir(), "bin"));
  const confFile = join(scene.dir(), "ncs.conf");
  const section =
    "<memory-management><actions><action><count>2</count></action></actions></memory-management>";
  writeFileSync(confFile, `<ncs-config>${section}</ncs-config>`);
  const beam = scene.keep(await startBeam({ dir: join(scene.dir(), "run"), conffile: confFile }));
  await beam.grow({ mib: 30 });
  const agent = scene.agent({
    config: `[nso]\ncommand = "${ncs.path}"\n[debug_dump]\ncount = 2\ninterval = "10ms"\n`,
    prefix: view.prefix,
    words: ["--pid", String(beam.pid)],
  });
  await agent.statusWhen("the outlook", (status) => status.crash_dump != null);
  view.set({ physicalPercent: 92 });
  await agent.statusWhen("the debug dumps", ({ actions }) => actions[0]?.outcome === "done");
  view.set({ physicalPercent: 97 });
  await beam.exited;
  await agent.ended;
  const ids = readdirSync(join(agent.home, "incidents"));
  expect(ids).toHaveLength(1);
  return { home: agent.home, id: ids[0] ?? "" };
}

function unpack(file: string): string {
  const dir = join(scene.dir(), "unpacked");
  mkdirSync(dir, { recursive: true });
  expect(Bun.spawnSync(["tar", "-xzf", file, "-C", dir]).success).toBe(true);
  return join(dir, readdirSync(dir)[0] ?? "");
}

const filesBelow = (dir: string) =>
  readdirSync(dir, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(dir, name)).isFile())
    .sort();

describe("incidents", () => {
  testUnless(
    missing,
    "are listed, shown and bundled: the bundle is checked file by file",
    async () => {
      const { home, id } = await rescue();
      const list = await run(["incidents", "--home", home]);
      expect(list.stdout).toContain(id);
      expect(list.stdout).toContain("complete");
      const { incidents } = JSON.parse((await run(["incidents", "list", "--json", "--home", home])).stdout);
      const [row] = incidents;
      expect(row).toMatchObject({
        id,
        kind: "physical",
        state: "finished",
        verdict: "complete",
        debug_dumps: 2,
      });
      const show = await run(["incidents", "show", "latest", "--home", home]);
      expect(show.stdout).toContain("SIGUSR1 was sent to PID");
      expect(show.stdout).toContain("NSO's crash dump is complete.");
      expect(show.stdout).toMatch(/what the crash dump says\n {2}[\d.]+ MiB in use: binaries /);
      expect(show.stdout).toContain("the dump says: ");

      const out = join(scene.dir(), "bundle.tar.gz");
      const bundle = await run(["incidents", "bundle", id, "--out", out, "--home", home]);
      expect(bundle.stderr).toBe("");
      expect(bundle.exitCode).toBe(0);
      expect(bundle.stdout).toContain("dumps hold configuration data");
      expect(statSync(out).mode & 0o777).toBe(0o600);
      const root = unpack(out);
      const evidence = [
        "configuration.json",
        "core.txt",
        "loadavg.txt",
        "meminfo.txt",
        "ncs-conf-memory.xml",
        "nso.json",
        "pressure.txt",
        "processes.tsv",
        "swaps.txt",
        "versions.txt",
        "vm-settings.txt",
        "vmstat.txt",
      ];
      const files = filesBelow(root);
      for (const name of [
        "SUMMARY.md",
        "SHA256SUMS",
        "incident.jsonl",
        "dump-summary.txt",
        "dump-summary.json",
        "crash-dump/erl_crash.dump",
        "debug-dumps/dump1.bin",
        "debug-dumps/dump2.bin",
        "history.csv",
        "report.html",
        "logs/monitor.log",
        "logs/action.log",
        "logs/agent.log",
        "now/configuration.json",
        "now/versions.txt",
        "now/host.txt",
        "nso/ncs.conf",
        "nso/environment.txt",
        "nso/version.txt",
        ...evidence.map((name) => `at-critical/${name}`),
        ...evidence.map((name) => `at-warning/${name}`),
      ])
        expect(files).toContain(name);
      expect(Bun.spawnSync(["sha256sum", "-c", "--quiet", "SHA256SUMS"], { cwd: root }).exitCode).toBe(0);
      const sums = readFileSync(join(root, "SHA256SUMS"), "utf8").trimEnd().split("\n");
      expect(sums).toHaveLength(files.length - 1);
      const text = (name: string) => readFileSync(join(root, name), "utf8");
      expect(text("SUMMARY.md")).toContain("**NSO's crash dump is complete.**");
      expect(text("SUMMARY.md")).toMatch(/## What the crash dump says\n\n- [\d.]+ MiB in use/);
      expect(text("dump-summary.txt")).toMatch(/^Received SIGUSR1 · .* · OTP \d+ · /);
      expect(JSON.parse(text("dump-summary.json"))).toMatchObject({ schema: 1, ending: "complete" });
      // lab_memory is a table that the stand-in makes, and no name of loaded code.
      expect(text("dump-summary.txt")).toContain("lab_memory");
      expect(text("crash-dump/erl_crash.dump")).toEndWith("=end\n");
      expect(text("at-critical/meminfo.txt")).toContain("MemTotal:");
      expect(text("at-critical/ncs-conf-memory.xml")).toStartWith("<memory-management>");
      expect(text("history.csv").split("\n")[0]).toContain("MemUsed");
      expect(text("report.html")).toContain(`incident ${id}`);
      expect(text("report.html")).toMatch(/crash-dump done: [^<]*MiB in use: binaries/);
      expect(text("logs/action.log")).toContain("SIGUSR1 sent");
      expect(text("logs/monitor.log")).toContain("[CRIT] Physical Memory Usage");

      const redacted = join(scene.dir(), "redacted.tar.gz");
      await run(["incidents", "bundle", id, "--redact", "--out", redacted, "--home", home]);
      const summaries = Bun.spawnSync([
        "tar",
        "-xzOf",
        redacted,
        "--wildcards",
        "*/dump-summary.*",
        "*/SUMMARY.md",
      ]);
      expect(summaries.stdout.toString()).toContain("## What the crash dump says");
      expect(summaries.stdout.toString()).toContain("(name left out)");
      expect(summaries.stdout.toString()).not.toContain("lab_memory");
      const listing = Bun.spawnSync(["tar", "-tzf", redacted]).stdout.toString();
      expect(listing).toContain("SUMMARY.md");
      expect(listing).not.toMatch(/dump\d|erl_crash/);
    },
    40_000,
  );

  testUnless(missing, "that are not there are an error which names those that are", async () => {
    const home = join(scene.dir(), "home");
    const none = await run(["incidents", "show", "../../etc", "--home", home]);
    expect(none.exitCode).toBe(1);
    expect(none.stderr).toContain("there are none");
    expect((await run(["incidents", "list", "--home", home])).stdout).toContain("No incidents so far.");
  });

  testUnless(
    missingCommand("tar", "gzip"),
    "of 1 GiB are bundled with less than 100 MiB of memory",
    async () => {
      const home = join(scene.dir(), "home");
      const dir = join(home, "incidents/20261123T120000-000-physical");
      mkdirSync(dir, { recursive: true });
      writeFileSync(
        join(dir, "incident.jsonl"),
        '{"at":"2026-11-23T12:00:00.000+00:00","step":"debug-dump-begun"}\n',
      );
      writeFileSync(join(dir, "dump1.bin"), "");
      // Sparse: what counts is how much passes through, not what the disk holds.
      truncateSync(join(dir, "dump1.bin"), 1024 ** 3);
      const out = join(scene.dir(), "big.tar.gz");
      const child = Bun.spawn([nsomem, "incidents", "bundle", "latest", "--out", out, "--home", home], {
        env: plainEnvironment,
        stdio: ["ignore", "pipe", "pipe"],
      });
      // Not resourceUsage(): its maximum begins with that of this process, which forked it.
      let peakKib = 0;
      const sampling = setInterval(() => {
        const status = readOptional(`/proc/${child.pid}/status`) ?? "";
        peakKib = Math.max(peakKib, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
      }, 10);
      expect(await child.exited).toBe(0);
      clearInterval(sampling);
      expect(peakKib).toBeGreaterThan(10 * 1024);
      expect(peakKib / 1024).toBeLessThan(100);
      expect(Bun.spawnSync(["tar", "-tzvf", out]).stdout.toString()).toMatch(
        /1073741824 .*debug-dumps\/dump1\.bin/,
      );
      expect(existsSync(`${out}.partial`)).toBe(false);
    },
    60_000,
  );
});
