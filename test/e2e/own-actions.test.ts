/** Executables and rules of the operator's own in the compiled binary. */

import { describe, expect, setDefaultTimeout } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { identify } from "../../src/linux/procfs.ts";
import { testUnless } from "../lab/missing.ts";
import { until } from "../lab/part.ts";
import { actingMissing, listing, startActing, writeScript } from "./acting.ts";
import { createScene } from "./scene.ts";

// Each takes a second or two; a machine that others use too may need many times that.
setDefaultTimeout(30_000);
const scene = createScene();
const lacking = actingMissing;

describe("an executable", () => {
  testUnless(
    lacking,
    "gets the facts as variables and as JSON on stdin, and its output is kept",
    async () => {
      const path = writeScript(
        join(scene.dir(), "own"),
        "page",
        '#!/bin/sh\nenv | grep ^NSOMEM_ | sort\necho "on stderr" >&2\ncat > json\nexit 3\n',
      );
      const acting = await startActing(scene, { config: listing("warning_phy", `run:${path}`) });
      acting.view.set({ physicalPercent: 91 });
      const { actions } = await acting.agent.statusWhen("its end", (s) => s.actions[0]?.outcome === "failed");
      expect(actions[0]).toMatchObject({
        action: `run:${path}`,
        rule: "warning_phy",
        message: `${path}: exit 3`,
      });
      const incident = join(acting.home, "incidents", readdirSync(join(acting.home, "incidents"))[0] ?? "");
      const output = readFileSync(join(incident, "run-page.txt"), "utf8");
      expect(output).toContain("on stderr");
      for (const variable of [
        "NSOMEM_RULE=warning_phy",
        "NSOMEM_KIND=physical",
        "NSOMEM_LEVEL=warning",
        "NSOMEM_PERCENT=91",
        `NSOMEM_NCSSMP_PID=${acting.core.pid}`,
        `NSOMEM_INCIDENT_DIR=${incident}`,
      ])
        expect(output).toContain(`${variable}\n`);
      const json = JSON.parse(readFileSync(join(incident, "json"), "utf8"));
      expect(json).toMatchObject({
        schema: 1,
        rule: "warning_phy",
        reading: { percent: 91, threshold_percent: 90 },
      });
    },
  );

  testUnless(
    lacking,
    "that hangs is ended at its deadline with its group, and holds back no signal",
    async () => {
      const path = writeScript(
        join(scene.dir(), "own"),
        "hang",
        "#!/bin/sh\nsleep 600 & echo $! > child\nsleep 600\n",
      );
      const acting = await startActing(scene, {
        config: `${listing("warning_phy", `run:${path}`)}[run]\ntimeout = "1s"\n`,
      });
      acting.view.set({ physicalPercent: 91 });
      await acting.agent.statusWhen("its begin", (s) => s.actions[0]?.outcome === "running");
      acting.view.set({ physicalPercent: 96 });
      await acting.core.arrival();
      const { exitCode } = await acting.agent.ended;
      expect(exitCode).toBe(0);
      const record = acting.agent.status()?.actions.find(({ action }) => action.startsWith("run:"));
      expect(record?.message).toBe(`${path} killed after its deadline of 1.0 s`);
      const incident = join(acting.home, "incidents", readdirSync(join(acting.home, "incidents"))[0] ?? "");
      const child = Number(readFileSync(join(incident, "child"), "utf8"));
      await until("the grandchild's end", () => identify("/proc", child) === undefined);
    },
  );

  testUnless(lacking, "that floods its output fills no disk", async () => {
    const path = writeScript(join(scene.dir(), "own"), "flood", "#!/bin/sh\nexec yes\n");
    const acting = await startActing(scene, {
      config: `${listing("warning_phy", `run:${path}`)}[run]\ntimeout = "1s"\n`,
    });
    acting.view.set({ physicalPercent: 91 });
    const { actions } = await acting.agent.statusWhen("its end", (s) => s.actions[0]?.outcome === "failed");
    expect(statSync(actions[0]?.files[0] ?? "").size).toBe(1024 * 1024);
  });

  testUnless(lacking, "stands behind the crash dump where the list says so", async () => {
    const path = writeScript(join(scene.dir(), "own"), "restart", "#!/bin/sh\necho restarted\n");
    const acting = await startActing(scene, { config: listing("crit_phy", "crash-dump", `run:${path}`) });
    acting.view.set({ physicalPercent: 96 });
    await acting.core.arrival();
    await acting.agent.ended;
    const actions = acting.agent.status()?.actions.map(({ action, outcome }) => `${action} ${outcome}`);
    expect(actions).toEqual(["crash-dump done", `run:${path} done`]);
  });
});

describe("a rule of one's own", () => {
  const mark = (dir: string) =>
    writeScript(dir, "mark", '#!/bin/sh\necho "$NSOMEM_RULE" >> "$(dirname "$0")/marks"\n');
  const marks = (dir: string) =>
    existsSync(join(dir, "marks")) ? readFileSync(join(dir, "marks"), "utf8").trim().split("\n") : [];

  testUnless(
    lacking,
    "fires at its own limit, below every level, and once until it has recovered",
    async () => {
      const own = join(scene.dir(), "own");
      const acting = await startActing(scene, {
        config: `[physical]\nrecovery_time = "100ms"\n[[rule]]\nname = "early"\nkind = "physical"\npercent = 70\nactions = ["run:${mark(own)}"]\n`,
      });
      acting.view.set({ physicalPercent: 69.99 });
      await acting.agent.statusWhen("69.9 %", ({ memory }) => memory.physical?.percent === 69.9);
      expect(marks(own)).toEqual([]);
      acting.view.set({ physicalPercent: 70 });
      await acting.agent.statusWhen("the firing", ({ actions }) => actions[0]?.outcome === "done");
      acting.view.set({ physicalPercent: 75 });
      await acting.agent.statusWhen("75 %", ({ memory }) => memory.physical?.percent === 75);
      acting.view.set({ physicalPercent: 60 });
      await acting.agent.statusWhen("60 %", ({ memory }) => memory.physical?.percent === 60);
      await Bun.sleep(1500); // two more readings: the limit is left 100 ms after the first of them
      acting.view.set({ physicalPercent: 71 });
      const { actions } = await acting.agent.statusWhen(
        "the second",
        (s) => s.actions[1]?.outcome === "done",
      );
      expect(actions[0]).toMatchObject({ rule: "early", level: "normal", kind: "physical" });
      expect(marks(own)).toEqual(["early", "early"]);
    },
  );

  testUnless(lacking, "that fires with the crash dump is held back until the signal is out", async () => {
    const own = join(scene.dir(), "own");
    const path = writeScript(own, "when", '#!/bin/sh\ndate +%s%N > "$(dirname "$0")/at"\n');
    const acting = await startActing(scene, {
      config: `[[rule]]\nname = "page"\nkind = "physical"\npercent = 95\nactions = ["run:${path}"]\n`,
    });
    acting.view.set({ physicalPercent: 96 });
    const { atNs } = await acting.core.arrival();
    await acting.agent.ended;
    expect(BigInt(readFileSync(join(own, "at"), "utf8").trim())).toBeGreaterThan(atNs);
  });
});

describe("an absolute limit", () => {
  testUnless(lacking, "needs both: the percentage alone is not critical", async () => {
    // 1,000,000 KiB in all: 96 % leaves 40,000 KiB free, 97 % 30,000.
    const acting = await startActing(scene, { config: '[physical]\ncritical_free = "36MiB"\n' });
    acting.view.set({ physicalPercent: 96 });
    await acting.agent.statusWhen("96 %", ({ memory }) => memory.physical?.percent === 96);
    expect(acting.agent.status()?.memory.physical?.level).toBe("warning");
    acting.view.set({ physicalPercent: 97 });
    expect((await acting.core.arrival()).signal).toBe("SIGUSR1");
  });

  testUnless(lacking, "confirm = 3 waits for the third critical reading", async () => {
    const acting = await startActing(scene, { config: "[physical]\nconfirm = 3\n" });
    acting.view.set({ physicalPercent: 96 });
    await acting.agent.statusWhen("96 %", ({ memory }) => memory.physical?.percent === 96);
    expect(acting.agent.status()?.memory.physical?.level).toBe("normal");
    expect((await acting.core.arrival()).signal).toBe("SIGUSR1");
  });
});
