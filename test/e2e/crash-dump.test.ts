/** The crash dump where something stands against it: on real BEAMs, with memory as the test says it is. */

import { describe, expect } from "bun:test";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type IncidentSummary, summariseIncident } from "../../src/core/incident.ts";
import type { Status } from "../../src/core/status.ts";
import { readSummary } from "../../src/dump/summary-file.ts";
import { readStat } from "../../src/linux/procfs.ts";
import { type IncidentLog, listIncidents, readIncident } from "../../src/record/incident-log.ts";
import { startBeam } from "../lab/beam.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { until } from "../lab/part.ts";
import { run } from "./binary.ts";
import { asNobody, capableCopy, dumpingMissing, nobody, prepareDumping, readableCopy } from "./dumping.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const missing = dumpingMissing;
const prepare = (more = {}) => prepareDumping(scene, more);

/** The newest incident below the home of the scene's agent. */
function latestIncident(): IncidentLog & { summary: IncidentSummary } {
  const dir = join(scene.dir(), "home/incidents");
  const incident = readIncident(dir, listIncidents(dir)[0] ?? "");
  if (!incident) throw new Error(`no incident in ${dir}`);
  return { ...incident, summary: summariseIncident(incident.id, incident.steps) };
}

function incidentWhen(what: string, wanted: (incident: ReturnType<typeof latestIncident>) => boolean) {
  return until(what, () => {
    if (listIncidents(join(scene.dir(), "home/incidents")).length === 0) return undefined;
    const incident = latestIncident();
    return wanted(incident) ? incident : undefined;
  });
}

const stepNames = ({ steps }: IncidentLog) => steps.map(({ step }) => step);

describe("a dump that works", () => {
  testUnless(
    missing,
    "an older dump is moved aside with its time in the name, and every step is recorded",
    async () => {
      const { view, config, runDir } = prepare();
      const beam = scene.keep(await startBeam({ dir: runDir }));
      const dump = join(runDir, "erl_crash.dump");
      writeFileSync(dump, "an older one\n=end\n");
      utimesSync(dump, new Date("2026-01-02T03:04:05Z"), new Date("2026-01-02T03:04:05Z"));
      const agent = scene.agent({ config, prefix: view.prefix, words: ["--pid", String(beam.pid)] });
      const { crash_dump: before } = await agent.statusWhen(
        "the outlook",
        (status) => status.crash_dump != null,
      );
      expect(before).toMatchObject({ outlook: "good", doubts: [] });
      view.set({ physicalPercent: 96 });
      expect(await beam.exited).toEqual({ exitCode: 1, signal: null });
      expect((await agent.ended).exitCode).toBe(0);
      expect(readFileSync(`${dump}.20260102T030405Z`, "utf8")).toBe("an older one\n=end\n");
      expect(readFileSync(dump, "utf8")).toEndWith("=end\n");
      const incident = latestIncident();
      // Beside the others, each when it is done.
      const beside = ["growing", "evidence", "dump-read"];
      expect(stepNames(incident)).toContain("dump-read");
      expect(stepNames(incident).filter((step) => !beside.includes(step))).toEqual([
        "critical",
        "signal-intended",
        "moved-aside",
        "prepared",
        "shielded",
        "signal-sent",
        "victim",
        "verdict",
        "checksum",
      ]);
      expect(incident.summary).toMatchObject({ state: "finished", verdict: "complete" });
      const sha256 = new Bun.CryptoHasher("sha256").update(readFileSync(dump)).digest("hex");
      expect(incident.summary.crashDump).toMatchObject({ path: dump, sha256 });
      expect(readFileSync(join(incident.dir, "at-critical/processes.tsv"), "utf8")).toContain("\tncs.smp\t");
    },
  );

  testUnless(
    missing,
    "a dump that ERL_CRASH_DUMP_BYTES cuts is a cut one, and status said so before",
    async () => {
      const { view, config, runDir } = prepare();
      const beam = scene.keep(await startBeam({ dir: runDir, env: { ERL_CRASH_DUMP_BYTES: "100000" } }));
      const agent = scene.agent({ config, prefix: view.prefix, words: ["--pid", String(beam.pid)] });
      const status = await agent.statusWhen(
        "the doubt",
        ({ crash_dump: dump }) => dump?.outlook === "doubtful",
      );
      expect(status.problems.join()).toContain("ERL_CRASH_DUMP_BYTES=100000 cuts the dump");
      view.set({ physicalPercent: 96 });
      await agent.ended;
      expect(latestIncident().summary).toMatchObject({ verdict: "cut" });
      expect(latestIncident().summary.sentence).toContain("size limit");
    },
  );
});

describe("no dump is possible: NSO is left alone and one last debug dump is taken", () => {
  async function leftAlone(env: Record<string, string>, prefix: string[], reason: string) {
    const { view, ncs, config, runDir } = prepare();
    mkdirSync(runDir, { recursive: true });
    chmodSync(scene.dir(), 0o755);
    // The debug dump is taken as NSO's user, who notes the call beside the command.
    if (prefix.length > 0) for (const dir of [runDir, dirname(ncs.path)]) chownSync(dir, nobody, nobody);
    const beam = scene.keep(
      await startBeam({
        dir: runDir,
        env,
        prefix,
        ...(prefix.length > 0 ? { relocate: (root: string) => readableCopy(scene, root) } : {}),
      }),
    );
    const agent = scene.agent({ config, prefix: view.prefix, words: ["--pid", String(beam.pid)] });
    const before = await agent.statusWhen(
      "the outlook",
      ({ crash_dump: dump }) => dump?.outlook === "hopeless",
    );
    expect(before.memory.physical?.level).toBe("normal");
    expect(before.problems.join()).toContain(reason);
    view.set({ physicalPercent: 96 });
    const status = await agent.statusWhen("the decision", ({ actions }) =>
      actions.some(({ outcome }) => outcome === "partial"),
    );
    expect(status.actions[0]?.message).toContain("no signal sent");
    expect(status.actions[0]?.message).toContain(reason);
    expect(status.actions[0]?.files).toHaveLength(1);
    expect(ncs.calls()).toHaveLength(1);
    expect(beam.isRunning()).toBe(true);
    // Its record is written beside the status, by another lane.
    await incidentWhen("the record", ({ summary }) => summary.state === "finished");
    expect(latestIncident().summary).toMatchObject({ verdict: "withheld" });
  }

  testUnless(missing, "ERL_CRASH_DUMP_SECONDS=0", () =>
    leftAlone({ ERL_CRASH_DUMP_SECONDS: "0" }, [], "ERL_CRASH_DUMP_SECONDS=0"),
  );

  testUnless(missing, "DISABLE_NCS_DUMP", () =>
    leftAlone({ DISABLE_NCS_DUMP: "1" }, [], "DISABLE_NCS_DUMP=1"),
  );

  testUnless(missing ?? missingCommand("setpriv"), "a directory that NSO's user may not write", async () => {
    const dir = join(scene.dir(), "closed");
    mkdirSync(dir, { mode: 0o755 });
    await leftAlone(
      { NCS_DUMP: join(dir, "ncs_crash.dump"), ERL_CRASH_DUMP: join(dir, "x.dump") },
      asNobody,
      "not writable",
    );
  });

  testUnless(missing ?? missingCommand("mount"), "a full disk", async () => {
    const dir = join(scene.dir(), "full");
    mkdirSync(dir);
    expect(Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", dir]).success).toBe(true);
    try {
      await leftAlone({ NCS_DUMP: join(dir, "a.dump"), ERL_CRASH_DUMP: join(dir, "a.dump") }, [], "are free");
    } finally {
      Bun.spawnSync(["umount", "-l", dir]);
    }
  });

  testUnless(
    missing ?? missingCommand("mount"),
    "unless without_dump = signal: then the dump is cut by the disk",
    async () => {
      const dir = join(scene.dir(), "full");
      mkdirSync(dir);
      expect(Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", dir]).success).toBe(true);
      try {
        const { view, config, runDir } = prepare({ crashDump: 'without_dump = "signal"' });
        const beam = scene.keep(
          await startBeam({ dir: runDir, env: { ERL_CRASH_DUMP: join(dir, "erl_crash.dump") } }),
        );
        const agent = scene.agent({ config, prefix: view.prefix, words: ["--pid", String(beam.pid)] });
        await agent.statusWhen("the outlook", (status) => status.crash_dump != null);
        view.set({ physicalPercent: 96 });
        await beam.exited;
        await agent.ended;
        expect(latestIncident().summary).toMatchObject({ verdict: "cut" });
      } finally {
        Bun.spawnSync(["umount", "-l", dir]);
      }
    },
  );
});

describe("a core that does not dump", () => {
  testUnless(missing, "a stopped BEAM survives: the verdict says so, and it gets no SIGKILL", async () => {
    const { view, config, runDir } = prepare({ crashDump: 'timeout = "1s"' });
    const beam = scene.keep(await startBeam({ dir: runDir }));
    const agent = scene.agent({ config, prefix: view.prefix, words: ["--pid", String(beam.pid)] });
    await agent.statusWhen("the outlook", (status) => status.crash_dump != null);
    process.kill(beam.pid, "SIGSTOP");
    await until("the BEAM to stop", () => readStat("/proc", beam.pid)?.state === "T");
    view.set({ physicalPercent: 96 });
    const status = await agent.statusWhen("the verdict", ({ actions }) => actions[0]?.outcome === "failed");
    expect(status.actions[0]?.message).toContain("NSO survived: still stopped (T)");
    expect(latestIncident().summary).toMatchObject({ verdict: "survived", state: "finished" });
    expect(readStat("/proc", beam.pid)?.state).toBe("T");
  });

  testUnless(missing, 'with kill = "after-timeout" it gets one', async () => {
    const { view, config, runDir } = prepare({ crashDump: 'timeout = "1s"\nkill = "after-timeout"' });
    const beam = scene.keep(await startBeam({ dir: runDir }));
    const agent = scene.agent({ config, prefix: view.prefix, words: ["--pid", String(beam.pid)] });
    await agent.statusWhen("the outlook", (status) => status.crash_dump != null);
    process.kill(beam.pid, "SIGSTOP");
    view.set({ physicalPercent: 96 });
    expect(await beam.exited).toEqual({ exitCode: null, signal: "SIGKILL" });
    await agent.ended;
    expect(stepNames(latestIncident())).toContain("sigkill");
  });
});

describe("whom the kernel would kill", () => {
  testUnless(missing, 'victim = "require" leaves an NSO alone that is not the kernel\'s choice', async () => {
    const { view, beam } = await criticalButNotTheVictim();
    expect(beam.isRunning()).toBe(true);
    view.set({ physicalPercent: 50 });
    const incident = await incidentWhen("the decision", ({ summary }) => summary.verdict === "withheld");
    expect(incident.summary.sentence).toContain("not critical any more");
    expect(beam.isRunning()).toBe(true);
  });
});

/** Critical with `victim = "require"`, while the kernel would take another process first: the signal waits. */
async function criticalButNotTheVictim() {
  const { view, config, runDir } = prepare({ crashDump: 'victim = "require"' });
  const beam = scene.keep(await startBeam({ dir: runDir }));
  startPreferredVictim();
  const agent = scene.agent({ config, prefix: view.prefix, words: ["--pid", String(beam.pid)] });
  await agent.statusWhen("the outlook", (status) => status.crash_dump != null);
  view.set({ physicalPercent: 96 });
  await incidentWhen("the survey", ({ steps }) =>
    steps.some((step) => step.step === "victim" && step.isNso === false),
  );
  return { view, beam, agent };
}

/** A process that the kernel would take before any NSO. */
function startPreferredVictim(): void {
  const child = Bun.spawn(["sleep", "60"], { stdio: ["ignore", "ignore", "ignore"] });
  scene.keep({
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
    },
  });
  writeFileSync(`/proc/${child.pid}/oom_score_adj`, "1000");
}

describe("a core that ends by itself between decision and signal", () => {
  testUnless(missing, "is told so, with what it left, and nobody is signalled", async () => {
    // The decision stands and waits for its moment, which is what gives the core the time to end.
    const { beam, agent } = await criticalButNotTheVictim();
    process.kill(beam.pid, "SIGUSR1");
    expect(await beam.exited).toEqual({ exitCode: 1, signal: null });
    expect((await agent.ended).exitCode).toBe(0);
    const [action] = agent.status()?.actions ?? [];
    expect(action).toMatchObject({ action: "crash-dump", outcome: "done" });
    expect(action?.message).toContain("it ended by itself and left a complete crash dump");
    const incident = await incidentWhen("the verdict", ({ steps }) =>
      steps.some(({ step }) => step === "verdict"),
    );
    expect(stepNames(incident)).toContain("signal-withheld");
    expect(stepNames(incident)).not.toContain("signal-sent");
  });
});

describe("an agent that dies in the middle", () => {
  testUnless(
    missing,
    "is SIGKILLed during the dump and started again: it watches on, and the BEAM is signalled once",
    async () => {
      const { view, config, runDir } = prepare();
      const beam = scene.keep(await startBeam({ dir: runDir }));
      await beam.grow({ mib: 100, holding: "process" });
      const options = { config, prefix: view.prefix, words: ["--pid", String(beam.pid)] };
      const first = scene.agent(options);
      await first.statusWhen("the outlook", (status) => status.crash_dump != null);
      view.set({ physicalPercent: 96 });
      await incidentWhen("the signal", (incident) => stepNames(incident).includes("signal-sent"));
      first.signal("SIGKILL");
      await first.ended;
      expect(beam.isRunning()).toBe(true);
      const second = scene.agent(options);
      expect(await beam.exited).toEqual({ exitCode: 1, signal: null });
      await second.ended;
      // The second agent may have begun an incident of its own, without a signal.
      const ids = listIncidents(join(scene.dir(), "home/incidents"));
      const steps = ids.map((id) => readIncident(join(scene.dir(), "home/incidents"), id)?.steps ?? []);
      expect(steps.flat().filter(({ step }) => step === "signal-sent")).toHaveLength(1);
      const summary = summariseIncident(ids.at(-1) ?? "", steps.at(-1) ?? []);
      expect(summary).toMatchObject({ state: "finished", verdict: "complete" });
      expect(readFileSync(join(runDir, "erl_crash.dump"), "latin1")).toEndWith("=end\n");
    },
    60_000,
  );

  testUnless(
    missing,
    "comes back when NSO has ended: the start is refused, and the incident gets its verdict all the same",
    async () => {
      const { view, config, runDir } = prepare();
      const beam = scene.keep(await startBeam({ dir: runDir }));
      await beam.grow({ mib: 20, holding: "process" });
      const first = scene.agent({ config, prefix: view.prefix, words: ["--pid", String(beam.pid)] });
      await first.statusWhen("the outlook", (status) => status.crash_dump != null);
      view.set({ physicalPercent: 96 });
      await incidentWhen("the signal", (incident) => stepNames(incident).includes("signal-sent"));
      first.signal("SIGKILL");
      await first.ended;
      await beam.exited;
      expect(latestIncident().summary.state).toBe("unfinished");
      const again = await run(["start", "--home", join(scene.dir(), "home"), "--pid", String(beam.pid)]);
      expect(again.exitCode).toBe(4);
      const incident = latestIncident();
      expect(incident.summary).toMatchObject({ state: "finished", verdict: "complete" });
      expect(incident.summary.crashDump?.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(stepNames(incident)).toContain("dump-read");
      expect(readSummary(incident.dir)).toMatchObject({ ending: "complete", file: { read: "whole" } });
    },
    60_000,
  );
});

describe("NSO in a container, watched from the host", () => {
  testUnless(
    missing ?? missingCommand("unshare", "mount"),
    "the dump in its own mounts is moved aside, judged and copied out before it goes away with them",
    async () => {
      const { view, config, runDir } = prepare();
      const hidden = join(scene.dir(), "hidden");
      mkdirSync(hidden);
      const inside =
        'mount -t tmpfs tmpfs "$0" && echo older > "$0/erl_crash.dump" && touch -d 2026-01-02T03:04:05Z "$0/erl_crash.dump" && exec "$@"';
      const beam = scene.keep(
        await startBeam({
          dir: runDir,
          env: { ERL_CRASH_DUMP: join(hidden, "erl_crash.dump") },
          prefix: ["unshare", "-m", "sh", "-c", inside, hidden],
        }),
      );
      const agent = scene.agent({ config, prefix: view.prefix, words: ["--pid", String(beam.pid)] });
      const status = await agent.statusWhen("the outlook", ({ crash_dump: dump }) => dump != null);
      expect(status.crash_dump).toMatchObject({ outlook: "good", path: join(hidden, "erl_crash.dump") });
      view.set({ physicalPercent: 96 });
      await beam.exited;
      await agent.ended;
      expect(readdirSync(hidden)).toEqual([]);
      const { summary, dir, steps } = latestIncident();
      expect(summary).toMatchObject({
        verdict: "complete",
        crashDump: {
          path: join(dir, "crash-erl_crash.dump"),
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      });
      expect(readFileSync(summary.crashDump?.path ?? "", "utf8")).toEndWith("=end\n");
      expect(steps.find((step) => step.step === "moved-aside")?.to).toBe(
        join(hidden, "erl_crash.dump.20260102T030405Z"),
      );
    },
  );
});

describe("NSO 6.7 with a memory-management of its own", () => {
  testUnless(missing, "defer_to_nso leaves debug dumps to it", async () => {
    const conffile = join(scene.dir(), "ncs.conf");
    writeFileSync(conffile, "<ncs-config><memory-management/></ncs-config>");
    const { view, ncs, config, runDir } = prepare();
    const beam = scene.keep(await startBeam({ dir: runDir, conffile }));
    const agent = scene.agent({
      config: `[debug_dump]\ndefer_to_nso = true\ncount = 1\ncooldown = "0s"\n${config.replace("warning_phy = []", "")}`,
      prefix: view.prefix,
      words: ["--pid", String(beam.pid)],
    });
    await agent.statusWhen("a reading", ({ memory }) => memory.physical !== undefined);
    view.set({ physicalPercent: 92 });
    const decided = ({ actions }: Status) => actions.some(({ outcome }) => outcome !== "running");
    const status = await agent.statusWhen("the decision", decided);
    expect(status.actions[0]).toMatchObject({
      outcome: "skipped",
      message: expect.stringContaining("left to NSO"),
    });
    expect(ncs.calls()).toEqual([]);
  });

  testUnless(missing, "the incident says that both acted", async () => {
    const conffile = join(scene.dir(), "ncs.conf");
    const own = join(scene.dir(), "nso-dumps");
    mkdirSync(own);
    const dump = `<debug-dump><directory>${own}</directory></debug-dump>`;
    const action = `<action><name>used</name><used-memory-threshold-percentage>90</used-memory-threshold-percentage>${dump}</action>`;
    writeFileSync(
      conffile,
      `<ncs-config><memory-management><actions>${action}</actions></memory-management></ncs-config>`,
    );
    const { view, config, runDir } = prepare();
    const beam = scene.keep(await startBeam({ dir: runDir, conffile }));
    const agent = scene.agent({ config, prefix: view.prefix, words: ["--pid", String(beam.pid)] });
    await agent.statusWhen("a reading", ({ memory }) => memory.physical !== undefined);
    // What NSO does at its threshold, now and an hour ago.
    const nameOf = (atMs: number) => `debug_dump_${new Date(atMs).toISOString()}`;
    const [old, now] = [nameOf(Date.now() - 3_600_000), nameOf(Date.now())];
    for (const name of [old, now, "debug_dump_of_mine"]) writeFileSync(join(own, name), "");
    view.set({ physicalPercent: 97 });
    const both = await incidentWhen("the note", ({ steps }) =>
      steps.some(({ step }) => step === "nso-acted"),
    );
    expect(both.steps.find(({ step }) => step === "nso-acted")).toMatchObject({
      ...{ confFile: conffile, directory: own, count: 1, dumps: [now] },
    });
    await agent.ended;
    const { stdout } = await run(["incidents", "show", "--home", agent.home]);
    expect(stdout).toContain("NSO acted too: its memory-management");
    expect(stdout).toContain("memory-management-action-triggered");
  });
});

describe("NSO as another user with a file capability", () => {
  testUnless(
    missing ?? missingCommand("setpriv", "setcap"),
    "the same user may signal it but not see where it runs: nso.run_dir says it",
    async () => {
      const { view, config, runDir } = prepare({ nso: `run_dir = "${join(scene.dir(), "run")}"` });
      chmodSync(scene.dir(), 0o755);
      for (const name of ["run", "home"]) {
        mkdirSync(join(scene.dir(), name), { recursive: true });
        chownSync(join(scene.dir(), name), nobody, nobody);
      }
      const beam = scene.keep(
        await startBeam({
          dir: runDir,
          prefix: asNobody,
          relocate: (root) => capableCopy(scene, root),
        }),
      );
      const agent = scene.agent({
        config,
        prefix: [...view.prefix, ...asNobody],
        words: ["--pid", String(beam.pid)],
      });
      const status = await agent.statusWhen(
        "the doubt",
        ({ crash_dump: dump }) => dump?.outlook === "doubtful",
      );
      expect(status.problems.join()).toContain("environment of the core cannot be read");
      view.set({ physicalPercent: 96 });
      expect(await beam.exited).toEqual({ exitCode: 1, signal: null });
      await agent.ended;
      // What another user wrote is not believed by root, who runs the tests.
      Bun.spawnSync(["chown", "-R", "root", agent.home]);
      expect(latestIncident().summary).toMatchObject({ verdict: "complete" });
    },
  );
});
