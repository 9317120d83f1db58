/** What monitoring systems are told, by the compiled binary: metrics as text, as a file and on a port, and the line of a plugin. */

import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import alerts from "../../src/metrics/alerts.yml.txt" with { type: "text" };
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { type Part, startPart, until } from "../lab/part.ts";
import { nsomem, run } from "./binary.ts";
import { createKernelView, kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const lacking = nativeMissing ?? kernelViewMissing();

/** An agent beside a core that outlives SIGUSR1, at 10 % of both kinds. */
async function begin() {
  const core = scene.keep(await startCore({ cwd: scene.dir(), stays: true }));
  const view = createKernelView(join(scene.dir(), "kernel"));
  const agent = scene.agent({ prefix: view.prefix, words: ["--pid", String(core.pid)] });
  await agent.statusWhen("the core's memory", ({ processes }) => processes.length > 0);
  return { core, view, agent, home: ["--home", agent.home] };
}

/** `nsomem metrics` that goes on until it is ended. */
function metrics(words: string[]): Part {
  return scene.keep(startPart({ command: [nsomem, "metrics", ...words] }));
}

async function endedWith(part: Part, signal: NodeJS.Signals): Promise<number | null> {
  process.kill(part.pid, signal);
  return (await part.exited).exitCode;
}

testUnless(lacking, "the running agent's metrics are printed", async () => {
  const { agent, home } = await begin();
  const { exitCode, stdout } = await run(["metrics", ...home]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("\nnsomem_up 1\n");
  expect(stdout).toContain('nsomem_memory_limit_bytes{kind="physical",ceiling="host"} 1024000000\n');
  await agent.stop();
  const after = await run(["metrics", ...home]);
  expect(after.stdout).toContain("\nnsomem_up 0\n");
  expect(after.stdout).not.toContain("nsomem_memory");
});

describe("a text file", () => {
  testUnless(lacking, "is whole, and for everybody to read", async () => {
    const { home } = await begin();
    const file = join(scene.dir(), "nsomem.prom");
    expect(await run(["metrics", ...home, "--textfile", file])).toMatchObject({ exitCode: 0, stdout: "" });
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readFileSync(file, "utf8")).toContain("\nnsomem_up 1\n");
    expect(readdirSync(scene.dir()).filter((name) => name.includes("prom"))).toEqual(["nsomem.prom"]);
  });

  testUnless(lacking, "is written again and again, also where it could not be for a while", async () => {
    const { home } = await begin();
    const file = join(scene.dir(), "later", "nsomem.prom");
    const part = metrics([...home, "--textfile", file, "--every", "1s"]);
    await Bun.sleep(300);
    expect(existsSync(file)).toBe(false);
    await Bun.$`mkdir ${join(scene.dir(), "later")}`;
    const first = await until("the file", () => existsSync(file) && statSync(file).ino);
    await until("another file", () => statSync(file).ino !== first);
    expect(await endedWith(part, "SIGTERM")).toBe(0);
  });

  test("that cannot be written is a failure that names it", async () => {
    const { exitCode, stderr } = await run(["metrics", "--textfile", "/proc/none/nsomem.prom"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("cannot write /proc/none/nsomem.prom: ENOENT");
  });
});

describe("a server", () => {
  testUnless(
    lacking,
    "gives whoever asks on this host the metrics, in the form that he asks for",
    async () => {
      const { home } = await begin();
      const part = metrics([...home, "--listen", "127.0.0.1:0"]);
      const url = (await part.line()).replace("metrics at ", "");
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
      const plain = await fetch(url);
      expect(plain.headers.get("Content-Type")).toBe("text/plain; version=0.0.4; charset=utf-8");
      expect(await plain.text()).toContain("\nnsomem_up 1\n");
      const open = await fetch(url, { headers: { Accept: "application/openmetrics-text;version=1.0.0" } });
      expect(open.headers.get("Content-Type")).toStartWith("application/openmetrics-text; version=1.0.0");
      expect(await open.text()).toEndWith("# EOF\n");
      expect((await fetch(url, { method: "POST", body: "x".repeat(1_000_000) })).ok).toBe(false);
      expect((await fetch(new URL("/", url))).status).toBe(404);
      // On this address alone; 0A is a socket that listens, see proc_net_tcp of the kernel's documents.
      const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, "0");
      const sockets = ["tcp", "tcp6"].flatMap((name) =>
        readFileSync(`/proc/net/${name}`, "utf8").split("\n"),
      );
      const listening = sockets.filter((line) => line.includes(`:${port} `) && / 0A /.test(line));
      expect(listening.map((line) => line.trim().split(/\s+/)[1])).toEqual([`0100007F:${port}`]);
      expect(readFileSync(`/proc/${part.pid}/oom_score_adj`, "utf8").trim()).toBe("1000");
      expect(await endedWith(part, "SIGTERM")).toBe(0);
    },
  );

  testUnless(lacking, "on a socket takes the place of a killed one, and of no living one", async () => {
    const { home } = await begin();
    const socket = join(scene.dir(), "metrics.sock");
    const killed = metrics([...home, "--listen", socket]);
    expect(await killed.line()).toBe(`metrics at ${socket}`);
    await killed.stop();
    expect(existsSync(socket)).toBe(true);
    const living = metrics([...home, "--listen", socket]);
    await living.line();
    expect(await (await fetch("http://localhost/metrics", { unix: socket })).text()).toContain("nsomem_up 1");
    const second = await run(["metrics", ...home, "--listen", socket]);
    expect(second).toMatchObject({ exitCode: 1 });
    expect(second.stderr).toContain("somebody listens there already");
    expect(await endedWith(living, "SIGINT")).toBe(0);
    expect(existsSync(socket)).toBe(false);
  });

  test.each(["0.0.0.0:9639", ":9639", "10.1.2.3:9639"])("on %s is refused", async (address) => {
    const { exitCode, stderr } = await run(["metrics", "--listen", address]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`--listen ${address} is refused: nsomem serves this host alone`);
  });

  test("on a port that is taken says so", async () => {
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
    try {
      const { exitCode, stderr } = await run(["metrics", "--listen", `127.0.0.1:${server.port}`]);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`cannot listen on 127.0.0.1:${server.port}`);
    } finally {
      await server.stop(true);
    }
  });
});

describe("what goes with them", () => {
  test("alerts and a dashboard are printed without any agent", async () => {
    expect((await run(["metrics", "--alerts"])).stdout.trimEnd()).toBe(alerts.trimEnd());
    const { stdout } = await run(["metrics", "--dashboard"]);
    expect(JSON.parse(stdout)).toMatchObject({ uid: "nsomem", schemaVersion: 39 });
  });

  test.each([
    [["--alerts", "--dashboard"], "one of --alerts, --dashboard"],
    [["--every", "15s"], "--every goes with --textfile"],
    [["--textfile", "/x/y.prom", "--every", "10ms"], "--every takes 1s to 1h"],
    [["--textfile", "/x/y.prom", "--every", "often"], '"often" is not a duration'],
  ])("%p is refused", async (words, saying) => {
    const { exitCode, stderr } = await run(["metrics", ...words]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(saying);
  });
});

describe("nsomem check", () => {
  testUnless(lacking, "follows the level of memory by its exit code", async () => {
    const { view, agent, home } = await begin();
    const check = async () => {
      const { exitCode, stdout } = await run(["check", ...home]);
      return [exitCode, stdout];
    };
    const [code, line] = await check();
    // A doubt about a crash dump here is a warning.
    expect(line).toMatch(code === 0 ? /^NSOMEM OK: physical 10\.0 % / : /^NSOMEM WARNING: /);
    expect(line).toMatch(/ \| physical=102400000B;921600000;972800000;0;1024000000 allocated=[^|\n]*\n$/);
    view.set({ physicalPercent: 96 });
    await agent.statusWhen("critical", ({ memory }) => memory.physical?.level === "critical");
    expect(await check()).toEqual([
      2,
      expect.stringMatching(/^NSOMEM CRITICAL: physical 96\.0 % .* is critical/),
    ]);
    await agent.stop();
    expect(await check()).toEqual([2, expect.stringMatching(/^NSOMEM CRITICAL: no agent runs since /)]);
  });

  test("without a status is unknown", async () => {
    const { exitCode, stdout, stderr } = await run(["check", "--home", join(scene.dir(), "none")]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: "" });
    expect(stdout).toMatch(/^NSOMEM UNKNOWN: no status of an agent in .*\n$/);
  });

  test.each([[["--hom", "x"]], [["now"]], [["--name", "../x"]]])("with %p is unknown", async (words) => {
    const { exitCode, stdout, stderr } = await run(["check", ...words]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: "" });
    expect(stdout).toStartWith("NSOMEM UNKNOWN: ");
  });
});
