/** `nsomem demo` as someone sees it who tries nsomem for the first time. */

import { describe, expect } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { listPids, readArgv } from "../../src/linux/procfs.ts";
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { until } from "../lab/part.ts";
import { nsomem, plainEnvironment } from "./binary.ts";
import { createScene } from "./scene.ts";

const scene = createScene();

/** Its files go below the test's directory. */
function startDemo() {
  const child = Bun.spawn([nsomem, "demo"], {
    env: { ...plainEnvironment, TMPDIR: scene.dir() },
    stdio: ["ignore", "pipe", "pipe"],
  });
  scene.keep({
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
    },
  });
  return { child, output: new Response(child.stdout).text(), errors: new Response(child.stderr).text() };
}

/** Processes that name the test's directory: the demo's agent, its tool, its stand-ins. */
function left(): number[] {
  return listPids("/proc").filter((pid) =>
    readArgv("/proc", pid)?.some((word) => word.includes(scene.dir())),
  );
}

describe("nsomem demo", () => {
  testUnless(
    nativeMissing,
    "shows warning, three dumps, critical, a crash dump and the recovery, and touches no other NSO",
    async () => {
      const bystander = scene.keep(await startCore({ conffile: "/lab/bystander.conf" }));
      const { child, output } = startDemo();
      const text = await output;
      expect(await child.exited).toBe(0);
      for (const step of [
        "memory is warning",
        "3 of 3 debug dumps",
        "memory is critical",
        "SIGUSR1 sent",
        "crash dump complete",
      ])
        expect(text).toContain(step);
      const afterCritical = text.slice(text.indexOf("memory is critical"));
      expect(afterCritical).toContain("physical memory is normal");
      const files = [...text.matchAll(/^ {2}(?:debug|crash)-dump +(\S+)$/gm)].map((match) => match[1] ?? "");
      expect(files).toHaveLength(4);
      for (const file of files) expect(readFileSync(file, "utf8")).toContain("stand-in");
      expect(bystander.isRunning()).toBe(true);
      expect(left()).toEqual([]);
    },
    60_000,
  );

  testUnless(
    nativeMissing,
    "interrupted, it leaves no process, keeps the files and ends with 1",
    async () => {
      const { child, output, errors } = startDemo();
      await until("its agent and stand-in", () => left().length >= 3);
      child.kill("SIGINT");
      expect(await child.exited).toBe(1);
      expect(await errors).toContain("interrupted");
      expect(left()).toEqual([]);
      const settings = /settings +(\S+)/.exec(await output)?.[1] ?? "";
      expect(existsSync(settings)).toBe(true);
    },
  );
});
