import { describe, expect, test } from "bun:test";
import type { DumpProspect } from "../../../src/core/dump-prospect.ts";
import type { DumpFile } from "../../../src/core/dump-verdict.ts";
import { crashDump } from "../../../src/rescue/crash-dump/crash-dump.ts";
import type { CrashDumpWorld } from "../../../src/rescue/crash-dump/ports.ts";
import { clockOf, fakeClock } from "../../fake-clock.ts";

const good: DumpProspect = { outlook: "good", path: "/d", roomKib: 9, needKib: 1, reasons: [] };
const hopeless: DumpProspect = { ...good, outlook: "hopeless", reasons: ["dumps are off"] };

const prepared = (prospect: DumpProspect | undefined) => ({ prospect, known: new Set<string>() });

/** What may be otherwise than well, port by port. */
type Changes = { [Port in keyof CrashDumpWorld]?: Partial<CrashDumpWorld[Port]> };

/** A world in which all goes well, unless `changes` says otherwise; `did` is what happened in it, in order. */
function world(changes: Changes = {}) {
  const did: string[] = [];
  const note =
    <T>(word: string, value: T) =>
    () => {
      did.push(word);
      return value;
    };
  let alive = true;
  let nowMs = 1000;
  const file: DumpFile = { path: "/d", bytes: 10, ending: "complete" };
  const made: CrashDumpWorld = {
    core: {
      pid: 7,
      isSame: note("verify", true),
      announce: note("announce", Promise.resolve(undefined)),
      isAlive: () => alive,
      state: () => undefined,
      send() {
        did.push("signal");
        alive = false;
        return true;
      },
      findEnder: () => Promise.resolve(undefined),
      ...changes.core,
    },
    dump: {
      prepare: note("prepare", Promise.resolve(prepared(good))),
      find: () => Promise.resolve(file),
      findOwn: () => Promise.resolve(file),
      preserve: () => Promise.resolve(undefined),
      sha256: () => Promise.resolve("abc"),
      read({ part }) {
        did.push(`read ${part}`);
        return Promise.resolve({ kind: "words", words: ["1 GiB in use.", "One process has 90 %."] });
      },
      lastDebugDump: note(
        "debug dump",
        Promise.resolve({ outcome: "done", message: "1 of 1", files: ["/x"] } as const),
      ),
      ...changes.dump,
    },
    memory: {
      isCritical: () => false,
      sharedEnd: () => undefined,
      judgeVictim: () => ({ isNso: true, sentence: "the kernel would kill NSO's ncs.smp" }),
      planShield: () => [{ pid: 100, startTicks: 5000, from: 7, to: -999 }],
      shield: note("shield", undefined),
      unshield: note("unshield", undefined),
      makeRoom: () => Promise.resolve(),
      unthrottle: note("unthrottle", Promise.resolve()),
      throttleAgain: note("throttle again", Promise.resolve()),
      ...changes.memory,
    },
    record: {
      ...clockOf(() => ++nowMs),
      uptimeMs: () => nowMs,
      write: ({ step }) => void did.push(`record ${step}`),
      sync: note("sync", Promise.resolve(true)),
      say: () => {},
      collectEvidence: note("evidence", undefined),
      ...changes.record,
    },
    policy: {
      without_dump: "skip",
      victim: "warn",
      shed: "never",
      kill: "never",
      timeout: 10_000,
      ...changes.policy,
    },
    progress: {
      begun: note("sent", undefined),
      isRetry: false,
      note: () => {},
      survived: note("survived", undefined),
      stop: new AbortController().signal,
      ...changes.progress,
    },
  };
  return { did, run: () => crashDump(made) };
}

describe("the order of the steps", () => {
  test("the record is on disk and the core verified before the signal, evidence comes after it", async () => {
    const { did, run } = world();
    expect(await run()).toEqual({
      outcome: "done",
      message: expect.stringContaining("SHA-256 abc"),
      files: ["/d"],
    });
    expect(did).toEqual([
      "record signal-intended",
      "sync",
      "prepare",
      "record prepared",
      "shield",
      "announce",
      "verify",
      "signal",
      "sent",
      "record signal-sent",
      "evidence",
      "unthrottle",
      "throttle again",
      "record verdict",
      "read whole",
      "record checksum",
      "sync",
    ]);
  });

  test("a record that could not be synced does not hold back the signal", async () => {
    const { did, run } = world({ record: { sync: () => Promise.resolve(false) } });
    expect((await run()).outcome).toBe("done");
    expect(did).toContain("signal");
  });

  test("a shield that fails does not either", async () => {
    const shield = () => {
      throw new Error("EMFILE");
    };
    const { did, run } = world({ memory: { shield } });
    expect((await run()).outcome).toBe("done");
    expect(did).toContain("signal");
  });

  test("a place that could not be judged in time does not either", async () => {
    const { did, run } = world({ dump: { prepare: () => Promise.resolve(prepared(undefined)) } });
    await run();
    expect(did).toContain("signal");
  });
});

describe("no signal goes out", () => {
  test("to another process: the core ended between decision and signal, and the shield is taken back", async () => {
    const { did, run } = world({
      core: { isSame: () => false },
      dump: { findOwn: () => Promise.resolve(undefined) },
    });
    const { outcome, message } = await run();
    expect(outcome).toBe("failed");
    expect(message).toContain("PID 7 is not the NSO core any more");
    expect(did).not.toContain("signal");
    expect(did).toContain("unshield");
  });

  test("and a dump that the ending core wrote of its own accord is found all the same", async () => {
    const { outcome, files } = await world({ core: { isSame: () => false } }).run();
    expect({ outcome, files }).toEqual({ outcome: "done", files: ["/d"] });
  });

  test("where no dump is possible: one last debug dump instead", async () => {
    const { did, run } = world({ dump: { prepare: () => Promise.resolve(prepared(hopeless)) } });
    const { outcome, message } = await run();
    expect(outcome).toBe("partial");
    expect(message).toContain("dumps are off");
    expect(did).toContain("debug dump");
    expect(did).not.toContain("signal");
    expect(did).not.toContain("shield");
  });

  test("unless it is wanted without a dump too", async () => {
    const { did, run } = world({
      dump: { prepare: () => Promise.resolve(prepared(hopeless)) },
      policy: { without_dump: "signal" },
    });
    await run();
    expect(did).toContain("signal");
  });

  test("while NSO is not the one to kill, where that is required", async () => {
    const { did, run } = world({
      core: { isSame: () => true },
      memory: { judgeVictim: () => ({ isNso: false, sentence: "postgres is" }), isCritical: () => true },
      policy: { victim: "require", timeout: 1 },
    });
    expect(await run()).toMatchObject({ outcome: "skipped", message: "no signal sent: postgres is" });
    expect(did).toEqual(["record signal-withheld"]);
  });

  test("when it is refused: said with the way out", async () => {
    const { message, outcome } = await world({ core: { send: () => false } }).run();
    expect(outcome).toBe("failed");
    expect(message).toContain("run nsomem as root or as NSO's user");
  });
});

describe("the watch", () => {
  test("a core that survives gets its shield taken back and no SIGKILL", async () => {
    const { did, run } = world({
      core: { send: () => true, state: () => "stopped (T)" },
      policy: { timeout: 3 },
    });
    expect((await run()).message).toContain("NSO survived: still stopped (T)");
    expect(did).toContain("unshield");
  });

  test("the VMs are ended while memory is critical, once and not each time it looks", async () => {
    let sheds = 0;
    const makeRoom = () => {
      sheds++;
      return Promise.resolve();
    };
    const watched: Changes = {
      core: { send: () => true },
      policy: { timeout: 5, shed: "if-critical" },
    };
    await world({ ...watched, memory: { makeRoom, isCritical: () => true } }).run();
    expect(sheds).toBe(1);
    await world({ ...watched, memory: { makeRoom, isCritical: () => false } }).run();
    expect(sheds).toBe(1);
  });

  test("the VMs are ended at once where the kernel would kill them and the core together", async () => {
    const sheds: (string | undefined)[] = [];
    const together = "the kernel kills all of cgroup /pod together";
    const memory = {
      isCritical: () => false,
      sharedEnd: () => together,
      makeRoom(why: string | undefined) {
        sheds.push(why);
        return Promise.resolve();
      },
    };
    const core = { send: () => true };
    await world({ core, memory, policy: { timeout: 5, shed: "if-critical" } }).run();
    expect(sheds).toEqual([together]);
    await world({ core, memory, policy: { timeout: 5, shed: "never" } }).run();
    expect(sheds).toEqual([together]);
  });

  test("where that becomes known in the middle of the dump, they are ended then, and once", async () => {
    const sheds: (string | undefined)[] = [];
    let nowMs = 0;
    let asked = 0;
    const memory = {
      isCritical: () => false,
      sharedEnd: () => (++asked < 3 ? undefined : "systemd ends all of ncs.service"),
      makeRoom(why: string | undefined) {
        sheds.push(why);
        return Promise.resolve();
      },
    };
    const isAlive = () => {
      nowMs += 700;
      return nowMs < 20_000;
    };
    const core = { send: () => true, isAlive };
    const record = { monotonicMs: () => nowMs };
    await world({ core, memory, record, policy: { timeout: 60_000, shed: "if-critical" } }).run();
    expect(sheds).toEqual(["systemd ends all of ncs.service"]);
  });

  describe("of a dump that outlasts its time-out", () => {
    /** A core that lives for so many looks, 400 ms apart; its dump grows at each of the first `growing` of them. */
    function slow({
      looks,
      growing,
      kill = "never",
    }: {
      looks: number;
      growing: number;
      kill?: "never" | "after-timeout";
    }) {
      const clock = fakeClock();
      const notes: string[] = [];
      let look = 0;
      const isAlive = () => {
        clock.pass(400);
        return ++look <= looks;
      };
      const core = { send: () => true, isAlive };
      const find = () => {
        const ending = look > looks ? ("complete" as const) : ("cut" as const);
        return Promise.resolve({ path: "/d", bytes: 1024 * 1024 * Math.min(look, growing), ending });
      };
      const made = world({
        core,
        dump: { find },
        record: { ...clock, uptimeMs: () => 0, say: (text) => void notes.push(text) },
        policy: { timeout: 2000, kill },
        progress: { note: (text) => void notes.push(text) },
      });
      return { ...made, notes };
    }

    test("goes on while it grows, with its shield, and has no verdict before the core ends", async () => {
      const { did, run, notes } = slow({ looks: 8, growing: 100 });
      expect(await run()).toMatchObject({
        outcome: "done",
        message: expect.stringContaining("complete after 3.6 s"),
      });
      expect(did.filter((step) => step === "record verdict")).toHaveLength(1);
      expect(did).toContain("record still-writing");
      expect(did).not.toContain("unshield");
      expect(notes).toContainEqual(
        expect.stringMatching(/still being written after 2\.\d s \(\d\.0 MiB written\)/),
      );
    });

    test("ends when it has not grown for as long, and hands it to a later look", async () => {
      const { did, run } = slow({ looks: 100, growing: 4 });
      expect((await run()).message).toContain("NSO survived: still running");
      expect(did).toContain("unshield");
      expect(did).toContain("survived");
    });

    test("ends with SIGKILL where that is configured, whether it grows or not", async () => {
      const { did, run } = slow({ looks: 9, growing: 100, kill: "after-timeout" });
      await run();
      expect(did).toContain("record sigkill");
    });
  });

  test("SIGKILL follows the deadline only where it was configured", async () => {
    let killed = 0;
    let alive = true;
    const send = (signal: string) => {
      if (signal === "SIGKILL") {
        killed++;
        alive = false;
      }
      return true;
    };
    const core = { send, isAlive: () => alive };
    const { did, run } = world({ core, policy: { timeout: 3, kill: "after-timeout" } });
    await run();
    expect(killed).toBe(1);
    expect(did).toContain("record sigkill");
  });

  for (const step of [86_400_000, -86_400_000])
    test(`a time of day that is set by ${step / 3_600_000} h is no deadline, and no part of how long it took`, async () => {
      const clock = fakeClock();
      let looks = 0;
      const isAlive = () => {
        clock.pass(100);
        if (++looks === 2) clock.set(step);
        return looks < 4;
      };
      const core = { send: () => true, isAlive };
      const policy = { kill: "after-timeout", timeout: 10_000 } as const;
      const { did, run } = world({ core, record: { ...clock, uptimeMs: () => 0 }, policy });
      expect((await run()).message).toContain("complete after 400 ms");
      expect(did).not.toContain("record sigkill");
    });

  test("an agent that is stopped leaves the verdict to the next one", async () => {
    const controller = new AbortController();
    controller.abort();
    const { outcome, message } = await world({
      core: { send: () => true },
      progress: { stop: controller.signal },
    }).run();
    expect(outcome).toBe("partial");
    expect(message).toContain("the next start finishes the incident");
  });
});
