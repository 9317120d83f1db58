/** What a crash dump says, read while a real BEAM still writes it, and at its end, by a process without rights. */

import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readSummary } from "../../src/dump/summary-file.ts";
import { readOptional } from "../../src/linux/procfs.ts";
import { type IncidentLog, listIncidents, readIncident } from "../../src/record/incident-log.ts";
import { madeUpDump, richDump } from "../dump/made-up-dump.ts";
import { startBeam } from "../lab/beam.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { until } from "../lab/part.ts";
import { rootMissing } from "../lab/users.ts";
import { run } from "./binary.ts";
import { asNobody, dumpingMissing, nobody, prepareDumping, readableCopy } from "./dumping.ts";
import { createScene } from "./scene.ts";

const scene = createScene();

function latestIncident(): IncidentLog | undefined {
  const dir = join(scene.dir(), "home/incidents");
  const [id] = listIncidents(dir);
  return id === undefined ? undefined : readIncident(dir, id);
}

const readings = (incident: IncidentLog | undefined) =>
  (incident?.steps ?? []).flatMap((step) => (step.step === "dump-read" ? [step] : []));

/** Its processes that read a dump, by their PIDs. */
function readersNow(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readOptional(`/proc/${pid}/cmdline`)?.includes("\0dump-reader\0") === true)
    .map(Number);
}

describe("a dump that takes its time", () => {
  testUnless(
    dumpingMissing,
    "is read once its figures are on disk, not while memory is critical; cut afterwards, it is understood all the same",
    async () => {
      const { view, config, runDir } = prepareDumping(scene);
      const beam = scene.keep(await startBeam({ dir: runDir }));
      await beam.grow({ mib: 200, holding: "process" });
      const agent = scene.agent({ config, prefix: view.prefix, words: ["--pid", String(beam.pid)] });
      await agent.statusWhen("the outlook", (status) => status.crash_dump != null);
      view.set({ physicalPercent: 96 });
      await until("a growing dump", () => {
        const steps = latestIncident()?.steps ?? [];
        return steps.some((step) => step.step === "growing" && (step.bytes ?? 0) > 1_000_000);
      });
      expect(readings(latestIncident())).toEqual([]);
      view.set({ physicalPercent: 50 });
      await until("the figures", () => readings(latestIncident()).length > 0);
      expect(beam.isRunning()).toBe(true);
      const incident = latestIncident();
      expect(readings(incident)[0]).toMatchObject({ part: "ledger" });
      expect(readSummary(incident?.dir ?? "")).toMatchObject({
        file: { read: "ledger" },
        ledger_complete: true,
        slogan: "Received SIGUSR1",
      });
      process.kill(beam.pid, "SIGKILL");
      await agent.ended;
      const after = latestIncident();
      expect(readings(after).map(({ part }) => part)).toEqual(["ledger", "whole"]);
      const summary = readSummary(after?.dir ?? "");
      expect(summary).toMatchObject({ file: { read: "whole" }, ending: "cut", ledger_complete: true });
      expect(summary?.memory?.binary_bytes).toBeGreaterThan(200 * 2 ** 20);
      expect(after?.steps.find((step) => step.step === "verdict")?.message).toContain("crash dump cut");
    },
  );
});

describe("an NSO of another user", () => {
  testUnless(
    dumpingMissing ?? rootMissing ?? missingCommand("setpriv"),
    "has its dump read with that user's rights, at the lowest priority",
    async () => {
      const { view, config, runDir } = prepareDumping(scene);
      chmodSync(scene.dir(), 0o755);
      mkdirSync(runDir, { recursive: true });
      Bun.spawnSync(["chown", `${nobody}:${nobody}`, runDir]);
      const beam = scene.keep(
        await startBeam({ dir: runDir, prefix: asNobody, relocate: (root) => readableCopy(scene, root) }),
      );
      // A heap that takes a while to be read.
      await beam.grow({ mib: 60, holding: "process" });
      const agent = scene.agent({ config, prefix: view.prefix, words: ["--pid", String(beam.pid)] });
      await agent.statusWhen("the outlook", (status) => status.crash_dump != null);
      view.set({ physicalPercent: 96 });
      const seen = new Map<number, string>();
      const watching = setInterval(() => {
        for (const pid of readersNow()) {
          const status = readOptional(`/proc/${pid}/status`) ?? "";
          const uid = /^Uid:\t(\d+)/m.exec(status)?.[1] ?? "?";
          const score = readOptional(`/proc/${pid}/oom_score_adj`)?.trim() ?? "?";
          const nice =
            readOptional(`/proc/${pid}/stat`)
              ?.replace(/^.*\) /, "")
              .split(" ")[16] ?? "?";
          if (uid !== "?" && nice !== "?") seen.set(pid, `${uid} ${score} ${nice}`);
        }
      }, 2);
      await agent.ended;
      clearInterval(watching);
      expect(statSync(join(runDir, "erl_crash.dump")).uid).toBe(nobody);
      expect(readings(latestIncident()).at(-1)).toMatchObject({ part: "whole" });
      // As it was last seen, which is when it reads.
      expect([...seen.values()]).toContain(`${nobody} 1000 19`);
      expect(readersNow()).toEqual([]);
    },
  );
});

describe("nsomem dump", () => {
  const write = (name: string, text: string | Uint8Array) => {
    const path = join(scene.dir(), name);
    writeFileSync(path, text);
    return path;
  };

  test("says in words, or as JSON, what is in a dump, gzipped or not", async () => {
    const plain = await run(["dump", write("a.dump", richDump())]);
    expect(plain).toMatchObject({ exitCode: 0, stderr: "" });
    expect(plain.stdout).toContain("event_sink <0.120.0>");
    const packed = await run(["dump", "--json", write("a.dump.gz", gzipSync(richDump()))]);
    expect(JSON.parse(packed.stdout)).toMatchObject({ schema: 1, ending: "complete", file: { gzip: true } });
    const ledger = await run(["dump", "--ledger", write("a.dump", richDump())]);
    expect(ledger.stdout).toContain("figures only");
  });

  test("names what is no crash dump, and ends with 1", async () => {
    for (const [name, text] of [
      ["empty", ""],
      ["dump1.bin", new Uint8Array([131, 80, 0, 0, 1])],
      ["note.txt", "=memory is short\n"],
    ] as const) {
      const result = await run(["dump", write(name, text)]);
      expect(result.exitCode).toBe(1);
      expect(result.stderr).toContain(`${name} is no crash dump of Erlang`);
    }
    const none = await run(["dump", "/nonexistent.dump"]);
    expect(none).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^nsomem: cannot read the dump: .*\/nonexistent\.dump/),
    });
    expect((await run(["dump", "/dev/zero"])).stderr).toContain("is a device, not a regular file");
    expect((await run(["dump"])).exitCode).toBe(2);
  });

  test("shows no control characters of a hostile dump", async () => {
    const name = "'\u001b]0;x\u0007'";
    const processes = [{ pid: "<0.7.0>", name, memory: 90_000_000 }];
    const path = write("hostile.dump", madeUpDump({ slogan: "\u001b[2J", processes }));
    for (const words of [[], ["--json"]]) {
      const { stdout } = await run(["dump", path, ...words]);
      expect(stdout).not.toContain("\u001b");
      expect(stdout).toContain("]0;x");
    }
    expect(readFileSync(path, "latin1")).toContain("\u001b");
  });
});
