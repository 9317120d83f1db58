/**
 * Nothing on the way from a critical reading to SIGUSR1 may keep it back. Which calls there are is not written down
 * here: a good run is watched, every call that it makes of the file system and of the ports around the performer is
 * counted, and then each fails in a run of its own, and each that is waited for hangs in another.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, mock, test } from "bun:test";
import * as realFs from "node:fs";
import * as realPromises from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultConfig } from "../../src/core/config.ts";
import { coreArgv, type MadeUpProc, makeProc } from "../linux/made-up-proc.ts";
import { fakeJournal } from "./fake-journal.ts";

const { mkdtempSync, mkdirSync, rmSync, writeFileSync } = { ...realFs };

/** How a call goes wrong: it throws or rejects, or it is never answered. */
type Fault = "fails" | "hangs";

/** The calls since it was armed. One of them, by its number, goes wrong. */
const watch = { isArmed: false, calls: [] as string[], faultAt: -1, fault: "fails" as Fault };

const refusal = () => Object.assign(new Error("EMFILE: made up"), { code: "EMFILE" });

/** True when this very call is to go wrong. */
function isFaulty(name: string): boolean {
  if (!watch.isArmed) return false;
  watch.calls.push(name);
  return watch.calls.length - 1 === watch.faultAt;
}

type Call = (...given: unknown[]) => unknown;

const isWaitedFor = /^(?:later|promise|port-promise) /;

/** As node:fs has it: by name at once (…Sync), or with a function that is called back. */
function watchedFs(name: string, call: Call): Call {
  return (...given) => {
    const done = given.at(-1);
    const isLater = typeof done === "function";
    if (!isFaulty(`${isLater ? "later" : "sync"} ${name} ${String(given[0])}`)) return call(...given);
    if (!isLater) throw refusal();
    if (watch.fault === "fails") queueMicrotask(() => (done as Call)(refusal()));
    return undefined;
  };
}

function watchedPromise(name: string, call: Call): Call {
  return (...given) => {
    if (!isFaulty(`promise ${name} ${String(given[0])}`)) return call(...given);
    return watch.fault === "fails" ? Promise.reject(refusal()) : new Promise(() => {});
  };
}

/** A port, and whatever its functions give that has functions of its own. */
function watchedPort<T extends object>(name: string, port: T): T {
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        const label = [`${name}.${String(key)}`, ...given.map(stepOf)].join("");
        const call = () => (value as Call).apply(target, given);
        if (!watch.isArmed) return wrapped(label, call());
        const number = watch.calls.length;
        if (!isFaulty(`port ${label}`)) {
          const result = call();
          if (result instanceof Promise) watch.calls[number] = `port-promise ${label}`;
          return wrapped(label, result);
        }
        if (watch.fault === "hangs") return new Promise(() => {});
        throw refusal();
      };
    },
  });
}

/** ` signal-sent` of a step that is recorded. */
const stepOf = (given: unknown) =>
  typeof given === "object" && given !== null && "step" in given ? ` ${given.step}` : "";

function wrapped(label: string, result: unknown): unknown {
  const hasFunctions =
    typeof result === "object" &&
    result !== null &&
    Object.values(result).some((value) => typeof value === "function");
  return hasFunctions && !(result instanceof Promise) ? watchedPort(label, result as object) : result;
}

const mapped = (module: object, watched: (name: string, call: Call) => Call) =>
  Object.fromEntries(
    Object.entries(module).map(([name, value]) => [
      name,
      typeof value === "function" && /^[a-z]/.test(name) ? watched(name, value as Call) : (value as unknown),
    ]),
  );

let proc: MadeUpProc;
let dir: string;
let core: Bun.Subprocess<"ignore", "pipe", "inherit">;
let signals = 0;

beforeAll(async () => {
  const fs = mapped({ ...realFs }, watchedFs);
  const promises = mapped({ ...realPromises }, watchedPromise);
  mock.module("node:fs", () => ({ ...fs, default: fs }));
  mock.module("node:fs/promises", () => ({ ...promises, default: promises }));
  // A process that lives on, so that one serves all runs.
  core = Bun.spawn(
    [
      process.execPath,
      "-e",
      'process.on("SIGUSR1", () => console.log("usr1")); console.log("ready"); setInterval(() => {}, 1000)',
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ready = Promise.withResolvers<void>();
  void (async () => {
    for await (const text of core.stdout.pipeThrough(new TextDecoderStream())) {
      if (text.includes("ready")) ready.resolve();
      signals += text.match(/usr1/g)?.length ?? 0;
    }
  })();
  await ready.promise;
});
afterAll(() => {
  core.kill("SIGKILL");
  mock.restore();
});
beforeEach(() => {
  watch.isArmed = false;
});

/** What /proc/meminfo says. */
function fill(usedPercent: number): void {
  const free = 10_000 * (100 - usedPercent);
  const lines = {
    MemTotal: 1_000_000,
    MemFree: free,
    MemAvailable: free,
    CommitLimit: 500_000,
    Committed_AS: 1000,
  };
  const text = Object.entries(lines).map(([name, kib]) => `${name}: ${kib} kB\n`);
  writeFileSync(join(proc.dir, "meminfo"), text.join(""));
}

/** An agent's way from the reading to the signal, with all that writes and shows beside it. */
async function createAgent() {
  const { createDecider } = await import("../../src/agent/decider.ts");
  const { createLevels } = await import("../../src/core/levels.ts");
  const { createSamples } = await import("../../src/core/samples.ts");
  const { createSteadyTime } = await import("../../src/core/steady-time.ts");
  const { momentNow } = await import("../../src/core/clock.ts");
  const { hostClock } = await import("../../src/linux/host-clock.ts");
  const { createMeter } = await import("../../src/linux/meter.ts");
  const { readCore } = await import("../../src/linux/nso.ts");
  const { openCoreRegister } = await import("../../src/record/core-register.ts");
  const { openIncidents } = await import("../../src/record/incident.ts");
  const { createLanes } = await import("../../src/record/lane.ts");
  const { openLastRuns } = await import("../../src/record/last-runs.ts");
  const { createPerformer } = await import("../../src/rescue/performer.ts");
  const roots = { procDir: proc.dir, cgroupDir: join(proc.dir, "cgroup") };
  const lanes = createLanes();
  const incidentsDir = join(dir, "incidents");
  const config = defaultConfig();
  // The core of this test does not end; an agent that stops leaves the verdict to the next one.
  config.crash_dump.timeout = 100;
  config.debug_dump.count = 0;
  const journal = watchedPort("journal", fakeJournal());
  const host = { roots, ...hostClock, journal };
  const register = openCoreRegister({
    ...{ dir: join(dir, "cores"), procDir: proc.dir, place: dir, lane: lanes.of("cores") },
    onProblem: (text) => expect.unreachable(text),
  });
  const found = readCore(proc.dir, core.pid);
  if (!found) throw new Error("no core");
  const taken = await register.hold(found);
  if (!("hold" in taken)) throw new Error(taken.heldBy);
  const recorder = watchedPort("recorder", { level() {}, action() {} });
  const performer = createPerformer({
    host,
    register,
    incidents: watchedPort("incidents", openIncidents(incidentsDir, lanes.of(incidentsDir))),
    lastRuns: watchedPort(
      "lastRuns",
      openLastRuns(join(dir, "last-runs.json"), { lane: lanes.of(dir), clock: hostClock }),
    ),
    dryRun: false,
    retryMs: 20,
    onRecord: () => recorder.action(),
  });
  performer.follow({ core: found, hold: watchedPort("hold", taken.hold) }, config);
  const meter = createMeter(roots, host);
  meter.follow(found);
  const measured = {
    levels: createLevels(config),
    samples: createSamples(),
    meter,
    lines: { malformed: 0, old: 0 },
    steady: createSteadyTime(momentNow(host)),
  };
  const decider = createDecider(
    { host, recorder, performer, holder: { config: () => config }, measured } as never,
    { foreign: false, onRefuted() {} },
  );
  const read = (level: "normal" | "critical", usedKib: number) =>
    decider.take({
      ...{ kind: "physical", level, usedKib, limitKib: 1_000_000, thresholdPercent: 95, ceiling: "host" },
      ...{ atMs: host.wallMs(), source: "tool" },
    });
  read("normal", 500_000);
  while (performer.prospect() === undefined) await Bun.sleep(1);
  return { read, performer, register, hold: taken.hold };
}

/** From a critical reading on: how many signals the core got, and what was called until the first one. */
async function run(faultAt: number, fault: Fault): Promise<{ sent: number; calls: string[] }> {
  proc = makeProc();
  dir = mkdtempSync(join(tmpdir(), "nsomem-every-call-"));
  mkdirSync(join(proc.dir, "sys/vm"), { recursive: true });
  mkdirSync(join(proc.dir, "sys/kernel/random"), { recursive: true });
  writeFileSync(join(proc.dir, "sys/vm/overcommit_memory"), "0\n");
  writeFileSync(join(proc.dir, "sys/kernel/random/boot_id"), "this-boot\n");
  proc.put({ pid: core.pid, argv: coreArgv, uids: [0, 0, 0, 0] });
  fill(50);
  try {
    const agent = await createAgent();
    fill(96);
    const before = signals;
    Object.assign(watch, { isArmed: true, calls: [], faultAt, fault });
    agent.read("critical", 960_000);
    for (let waited = 0; signals === before && waited < 500; waited++) await Bun.sleep(2);
    watch.isArmed = false;
    // What goes on while its arrival is noticed is no more on the way.
    const sentAt = watch.calls.findIndex((call) => call.endsWith(" signal-sent"));
    const calls = watch.calls.slice(0, sentAt === -1 ? undefined : sentAt + 1);
    // A second one would come by now.
    await Bun.sleep(60);
    agent.performer.abort();
    await Promise.race([agent.performer.idle(), Bun.sleep(50)]);
    return { sent: signals - before, calls };
  } finally {
    watch.isArmed = false;
    rmSync(dir, { recursive: true, force: true });
    proc.close();
  }
}

describe("between a critical reading and SIGUSR1", () => {
  test("this thread waits for no file but those of /proc", async () => {
    const { sent, calls } = await run(-1, "fails");
    expect(sent).toBe(1);
    expect(calls.length).toBeGreaterThan(50);
    const atOnce = calls.filter((call) => call.startsWith("sync "));
    // A directory's descriptor is closed at once: close(2) has nothing of it to write.
    const elsewhere = atOnce.filter(
      (call) => !call.includes(proc.dir) && !/ \/proc\/| closeSync /.test(call),
    );
    expect(elsewhere).toEqual([]);
  });

  test("every call may fail, and the core gets its one signal", async () => {
    const { calls } = await run(-1, "fails");
    const wrong: string[] = [];
    for (const [number, call] of calls.entries()) {
      const { sent } = await run(number, "fails");
      if (sent !== 1) wrong.push(`${number} ${call}: ${sent} signals`);
    }
    expect(wrong).toEqual([]);
  });

  test("every call that is waited for may hang, and the core gets its one signal", async () => {
    const { calls } = await run(-1, "fails");
    const wrong: string[] = [];
    for (const [number, call] of calls.entries()) {
      if (!isWaitedFor.test(call)) continue;
      const { sent } = await run(number, "hangs");
      if (sent !== 1) wrong.push(`${number} ${call}: ${sent} signals`);
    }
    expect(wrong).toEqual([]);
  });
});
