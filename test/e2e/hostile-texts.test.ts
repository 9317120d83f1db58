/** Hostile names, paths, complaints and log lines, in the compiled binary: on no terminal, in no log, in no page. */

import { describe, expect } from "bun:test";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hidden, hostileTexts } from "../core/hostile-texts.ts";
import { startCore } from "../lab/core.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { until } from "../lab/part.ts";
import { pythonMissing, startPythonVm } from "../lab/vm.ts";
import { actingMissing, writeScript } from "./acting.ts";
import { readStatusFile } from "./agent.ts";
import { nsomem, plainEnvironment, run } from "./binary.ts";
import { createKernelView } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const hostile = "\x1b]0;PWNED\x07\x1b[31m\x9b2J\u202egpj\n2026-11-23T12:00:00.000+00:00 [ERROR] forged";
const html = /<(?:img|script>alert|svg\/)/;
const names = hostileTexts.map(({ text }) => text.slice(0, 300)).filter((text) => text !== "");

describe("hostile texts", () => {
  testUnless(
    actingMissing ?? pythonMissing ?? missingCommand("tar"),
    "of VMs, of the core's arguments and of ncs are text in all that is shown",
    async () => {
      const dir = scene.dir();
      const conffile = `/etc/${hostile}/ncs.conf`;
      const core = scene.keep(await startCore({ cwd: dir, conffile, dumpPath: join(dir, "erl_crash.dump") }));
      for (const name of names) scene.keep(await startPythonVm({ name, cwd: dir }));
      const complaint = "printf '\\e]0;PWNED\\a\\e[31mred\\302\\2331m\\nforged\\n' >&2; exit 1";
      const ncs = writeScript(join(dir, "bin"), "ncs", `#!/bin/bash\n${complaint}\n`);
      const view = createKernelView(join(dir, "kernel"));
      const config = `[nso]\ncommand = "${ncs}"\n[debug_dump]\ncount = 1\n`;
      const agent = scene.agent({ prefix: view.prefix, words: ["--pid", String(core.pid)], config });
      await agent.statusWhen("all VMs", ({ processes }) => processes.length > names.length);
      view.set({ physicalPercent: 91 });
      await agent.statusWhen("the failed dump", ({ actions }) => actions.some((a) => a.outcome === "failed"));
      view.set({ physicalPercent: 10 });
      await agent.statusWhen("the recovery", ({ memory }) => memory.physical?.level === "normal");

      const home = ["--home", agent.home];
      const bundle = join(dir, "bundle.tar.gz");
      const commands = [
        ["status"],
        ["status", "--json"],
        ["doctor"],
        ["doctor", "--json"],
        ["incidents"],
        ["incidents", "show", "latest"],
        ["incidents", "show", "latest", "--json"],
        ["incidents", "bundle", "latest", "--out", bundle],
        ["stats"],
        ["stats", "--json"],
        ["export"],
        ["export", "--format", "json"],
        ["export", "--format", "plot", "--out", join(dir, "plot")],
        ["graph", "--out", join(dir, "graphs")],
        ["start", "--conffile", hostile],
        [hostile],
        ["status", hostile],
        ["stats", `--${hostile}`],
        ["stats", "--since", hostile],
      ];
      for (const command of commands) {
        const { stdout, stderr } = await run([...command, ...home]);
        expect(`${command.join(" ")}\n${stdout}${stderr}`.slice(command.join(" ").length)).not.toMatch(
          hidden,
        );
        expect(stderr).not.toContain("unexpected");
        expect(stdout + stderr).not.toMatch(/^2026-11-23.*forged/m);
      }
      // A colour that we give is the only escape code there is.
      const coloured = await run(["status", ...home], { env: { FORCE_COLOR: "1" } });
      expect(coloured.stdout).toContain("\x1b[1m");
      expect(coloured.stdout.replaceAll(/\x1b\[(?:1|2|22|3[1236]|39)m/g, "")).not.toMatch(hidden);

      await agent.stop();
      const { output } = await agent.ended;
      expect(output).not.toMatch(hidden);
      for (const log of readdirSync(join(agent.home, "logs"))) {
        const text = agent.log(log);
        expect(text).not.toMatch(hidden);
        expect(text).not.toMatch(/^(?:2026-11-23.*)?forged/m);
      }
      expect(agent.log("agent.log")).toContain("\\x1b]0;PWNED");
      Bun.spawnSync(["tar", "-xzf", bundle, "-C", dir]);
      const unpacked = readdirSync(dir).find((name) => name.startsWith("nsomem-")) ?? "";
      expect(readFileSync(join(dir, unpacked, "SUMMARY.md"), "utf8")).not.toMatch(hidden);
      for (const name of readdirSync(join(dir, "graphs"), { recursive: true, encoding: "utf8" }))
        if (/\.(svg|html)$/.test(name))
          expect(readFileSync(join(dir, "graphs", name), "utf8")).not.toMatch(html);
    },
  );

  testUnless(
    actingMissing ?? missingCommand("script"),
    "of a log that is watched reach no terminal, whose colours and cursor are ours alone",
    async () => {
      const dir = scene.dir();
      const home = join(dir, "home");
      mkdirSync(home);
      const log = join(dir, "monitor.log");
      const reading = "Physical Memory Usage 100000 KB/1000000 KB(10%) is within 90% of MemTotal";
      writeFileSync(log, `${new Date().toISOString()} [MONITOR VERBOSE] [INFO] ${reading}\n`);
      const core = scene.keep(await startCore({ cwd: dir, conffile: `/etc/${hostile}` }));
      const view = createKernelView(join(dir, "kernel"));
      const words = [nsomem, "watch", log, join(dir, "a.log"), "--home", home, "--pid", String(core.pid)];
      const seen = join(dir, "seen");
      const quoted = [...view.prefix, ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
      const child = Bun.spawn(["script", "-qfec", quoted, seen], {
        env: plainEnvironment,
        stdio: ["pipe", "ignore", "ignore"],
      });
      scene.keep({
        async stop() {
          child.kill("SIGKILL");
          await child.exited;
        },
      });
      await until("the agent", () => readStatusFile(home)?.running === true);
      for (const { text } of hostileTexts) appendFileSync(log, `${text} [MONITOR] [CRIT] ${text}\n`);
      await until("the lines", () => readFileSync(seen, "utf8").includes("is not understood"));
      const { pid } = await until("the status", () => readStatusFile(home));
      process.kill(pid, "SIGTERM");
      await child.exited;
      const shown = readFileSync(seen, "utf8").replaceAll(/\x1b\[(?:1|2|22|3[1236]|39)m/g, "");
      expect(shown).toContain("is not understood");
      const ours = /\r\x1b\[2K|\x1b\[\?7[lh]|\x1b\[\d+A\r\x1b\[J|\r\n/g;
      // `script` writes a line of its own with the command, in front and behind.
      const between = shown.split("\n").slice(1).join("\n");
      expect(between.replaceAll(ours, "")).not.toMatch(hidden);
      expect(between).not.toMatch(/PWNED\x07/);
    },
  );
});
