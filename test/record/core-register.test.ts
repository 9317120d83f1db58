import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { identify, type ProcessIdentity } from "../../src/linux/procfs.ts";
import { type CoreHold, openCoreRegister } from "../../src/record/core-register.ts";
import { createLane } from "../../src/record/lane.ts";

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});

function registerDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "core-register-"));
  ends.push(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, "cores");
}

const problems: string[] = [];
/** One for all: what one agent has given back is free when the next one asks. */
const lane = createLane();
const laneModule = resolve("src/record/lane.ts");
const written = () => lane.do(function* () {});
const open = (dir: string) =>
  openCoreRegister({
    dir,
    procDir: "/proc",
    place: "/home-a",
    onProblem: (text) => problems.push(text),
    lane,
  });

async function held(dir: string, core: ProcessIdentity): Promise<CoreHold> {
  const attempt = await open(dir).hold(core);
  if (!("hold" in attempt)) throw new Error(attempt.heldBy);
  return attempt.hold;
}

/** A live process that stands for a core; ended after the test. */
function process_(prefix: string[] = []) {
  const child = Bun.spawn([...prefix, "sleep", "60"]);
  ends.push(() => child.kill("SIGKILL"));
  const identity = identify("/proc", child.pid);
  if (!identity) throw new Error("it has ended");
  return { ...identity, child };
}

describe("the register of cores", () => {
  test("a core has one agent: a second one, of whatever --home, is told who has it", async () => {
    const dir = registerDir();
    const core = process_();
    const hold = await held(dir, core);
    expect(await open(dir).hold(core)).toEqual({
      heldBy: `another agent (PID ${process.pid}, /home-a)`,
      place: "/home-a",
    });
    hold.release();
    (await held(dir, core)).release();
  });

  test("another core beside it is free", async () => {
    const dir = registerDir();
    const hold = await held(dir, process_());
    (await held(dir, process_())).release();
    hold.release();
  });

  test("a signal that is about to go out is known to every later agent, however this one ends", async () => {
    const dir = registerDir();
    const core = process_();
    const module = resolve("src/record/core-register.ts");
    const program = `const { openCoreRegister } = await import(${JSON.stringify(module)});
      const { createLane } = await import(${JSON.stringify(laneModule)});
      const { hold } = await openCoreRegister({ dir: ${JSON.stringify(dir)}, procDir: "/proc", place: "/b", onProblem() {}, lane: createLane() })
        .hold({ pid: ${core.pid}, startTicks: ${core.startTicks} });
      await hold.signalling(1000);
      process.kill(process.pid, "SIGKILL");`;
    const agent = Bun.spawn([process.execPath, "-e", program]);
    await agent.exited;
    expect(agent.signalCode).toBe("SIGKILL");
    expect(await open(dir).wasSignalled(core)).toBe(true);
    const hold = await held(dir, core);
    expect(hold.wasSignalled()).toBe(true);
    hold.release();
    expect((await held(dir, core)).wasSignalled()).toBe(true);
  });

  test("one that did not go out after all may be sent by a later agent", async () => {
    const dir = registerDir();
    const core = process_();
    const hold = await held(dir, core);
    await hold.signalling(1000);
    hold.notSignalled();
    hold.release();
    expect(await open(dir).wasSignalled(core)).toBe(false);
    expect((await held(dir, core)).wasSignalled()).toBe(false);
  });

  test("a core that was never signalled leaves no file, nor one that has ended", async () => {
    const dir = registerDir();
    (await held(dir, process_())).release();
    const core = process_();
    const hold = await held(dir, core);
    await hold.signalling(1000);
    core.child.kill("SIGKILL");
    await core.child.exited;
    hold.release();
    await written();
    expect(readdirSync(dir)).toEqual([]);
  });

  test("files of cores that have ended go when the next core is taken, those of live ones stay", async () => {
    const dir = registerDir();
    const [gone, alive] = [process_(), process_()];
    for (const core of [gone, alive]) {
      const hold = await held(dir, core);
      await hold.signalling(1000);
      hold.release();
    }
    gone.child.kill("SIGKILL");
    await gone.child.exited;
    writeFileSync(join(dir, "0123456789abcdef-1-2-3.core"), "of another boot\n");
    const next = process_();
    const hold = await held(dir, next);
    const names = readdirSync(dir).map((name) => name.split("-").at(-1));
    expect(names.toSorted()).toEqual([`${alive.startTicks}.core`, `${next.startTicks}.core`].toSorted());
    hold.release();
  });

  test("a core in a PID namespace of its own is the same one, seen from inside and from outside", async () => {
    const dir = registerDir();
    const outer = Bun.spawn(["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sleep", "60"]);
    ends.push(() => outer.kill("SIGKILL"));
    let pid = 0;
    while (pid === 0) {
      await Bun.sleep(20);
      const text = await Bun.file(`/proc/${outer.pid}/task/${outer.pid}/children`).text();
      pid = Number(text.trim());
    }
    await Bun.sleep(100);
    const core = identify("/proc", pid);
    if (!core) throw new Error("it has ended");
    const module = resolve("src/record/core-register.ts");
    const program = `const { openCoreRegister } = await import(${JSON.stringify(module)});
      const { createLane } = await import(${JSON.stringify(laneModule)});
      console.log(JSON.stringify(await openCoreRegister({ dir: ${JSON.stringify(dir)}, procDir: "/proc", place: "/inside", onProblem() {}, lane: createLane() })
        .hold({ pid: 1, startTicks: ${core.startTicks} })));`;
    const hold = await held(dir, core);
    const inside = Bun.spawnSync(["nsenter", "-t", String(pid), "-p", "-m", process.execPath, "-e", program]);
    expect(inside.stdout.toString()).toContain("cannot be seen from here");
    hold.release();
  });

  test("where no file can be kept the core is taken all the same, and that is said", async () => {
    const dir = registerDir();
    rmSync(join(dir, ".."), { recursive: true });
    writeFileSync(join(dir, ".."), "in the way");
    const hold = await held(dir, process_());
    expect(problems.pop()).toContain(`no register of cores in ${dir}`);
    expect(hold.wasSignalled()).toBe(false);
    rmSync(join(dir, ".."));
  });
});
