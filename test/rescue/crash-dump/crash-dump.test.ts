import { describe, expect, test } from "bun:test";
import type { DumpProspect } from "../../../src/core/dump-prospect.ts";
import type { DumpFile } from "../../../src/core/dump-verdict.ts";
import { type CrashDumpOptions, crashDump } from "../../../src/rescue/crash-dump/crash-dump.ts";

const good: DumpProspect = { outlook: "good", path: "/d", roomKib: 9, needKib: 1, reasons: [] };
const hopeless: DumpProspect = { ...good, outlook: "hopeless", reasons: ["dumps are off"] };

/** A world in which all goes well, unless `changes` says otherwise; `did` is what happened in it, in order. */
function world(changes: Partial<CrashDumpOptions> = {}) {
  const did: string[] = [];
  const note =
    <T>(word: string, value: T) =>
    () => {
      did.push(word);
      return value;
    };
  let alive = true;
  let nowMs = 1000;
  const dump: DumpFile = { path: "/d", bytes: 10, ending: "complete" };
  const options: CrashDumpOptions = {
    pid: 7,
    isSameCore: note("verify", true),
    isAlive: () => alive,
    coreState: () => undefined,
    sendSignal() {
      did.push("signal");
      alive = false;
      return true;
    },
    record: (step) => void did.push(`record ${step}`),
    syncRecord: note("sync", Promise.resolve(true)),
    prepare: note("prepare", Promise.resolve(good)),
    withoutDump: "skip",
    lastDebugDump: note(
      "debug dump",
      Promise.resolve({ outcome: "done", message: "1 of 1", files: ["/x"] } as const),
    ),
    shield: note("shield", undefined),
    unshield: note("unshield", undefined),
    isCritical: () => false,
    findDump: () => Promise.resolve(dump),
    findOomKill: () => undefined,
    sha256: () => Promise.resolve("abc"),
    preserve: () => Promise.resolve(undefined),
    timeoutMs: 10_000,
    now: () => ++nowMs,
    onSent: note("sent", undefined),
    collectEvidence: note("evidence", undefined),
    onProgress: () => {},
    signal: new AbortController().signal,
    ...changes,
  };
  return { did, run: () => crashDump(options) };
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
      "verify",
      "signal",
      "sent",
      "record signal-sent",
      "evidence",
      "record verdict",
      "record checksum",
      "sync",
    ]);
  });

  test("a record that could not be synced does not hold back the signal", async () => {
    const { did, run } = world({ syncRecord: () => Promise.resolve(false) });
    expect((await run()).outcome).toBe("done");
    expect(did).toContain("signal");
  });

  test("a place that could not be judged in time does not either", async () => {
    const { did, run } = world({ prepare: () => Promise.resolve(undefined) });
    await run();
    expect(did).toContain("signal");
  });
});

describe("no signal goes out", () => {
  test("to another process: the core ended between decision and signal, and the shield is taken back", async () => {
    const { did, run } = world({ isSameCore: () => false, findDump: () => Promise.resolve(undefined) });
    const { outcome, message } = await run();
    expect(outcome).toBe("failed");
    expect(message).toContain("PID 7 is not the NSO core any more");
    expect(did).not.toContain("signal");
    expect(did).toContain("unshield");
  });

  test("and a dump that the ending core wrote of its own accord is found all the same", async () => {
    const { outcome, files } = await world({ isSameCore: () => false }).run();
    expect({ outcome, files }).toEqual({ outcome: "done", files: ["/d"] });
  });

  test("where no dump is possible: one last debug dump instead", async () => {
    const { did, run } = world({ prepare: () => Promise.resolve(hopeless) });
    const { outcome, message } = await run();
    expect(outcome).toBe("partial");
    expect(message).toContain("dumps are off");
    expect(did).toContain("debug dump");
    expect(did).not.toContain("signal");
    expect(did).not.toContain("shield");
  });

  test("unless it is wanted without a dump too", async () => {
    const { did, run } = world({ prepare: () => Promise.resolve(hopeless), withoutDump: "signal" });
    await run();
    expect(did).toContain("signal");
  });

  test("while NSO is not the one to kill, where that is required", async () => {
    const { did, run } = world({ awaitVictim: () => Promise.resolve("postgres is") });
    expect(await run()).toMatchObject({ outcome: "skipped", message: "no signal sent: postgres is" });
    expect(did).toEqual(["record signal-withheld"]);
  });

  test("when it is refused: said with the way out", async () => {
    const { message, outcome } = await world({ sendSignal: () => false }).run();
    expect(outcome).toBe("failed");
    expect(message).toContain("run nsomem as root or as NSO's user");
  });
});

describe("the watch", () => {
  test("a core that survives gets its shield taken back and no SIGKILL", async () => {
    const { did, run } = world({ sendSignal: () => true, timeoutMs: 3, coreState: () => "stopped (T)" });
    expect((await run()).message).toContain("NSO survived: still stopped (T)");
    expect(did).toContain("unshield");
  });

  test("the VMs are ended while memory is critical, once and not each time it looks", async () => {
    let sheds = 0;
    const shed = () => {
      sheds++;
      return Promise.resolve();
    };
    const critical = { sendSignal: () => true, timeoutMs: 5, shed };
    await world({ ...critical, isCritical: () => true }).run();
    expect(sheds).toBe(1);
    await world({ ...critical, isCritical: () => false }).run();
    expect(sheds).toBe(1);
  });

  test("SIGKILL follows the deadline only where it was configured", async () => {
    let killed = 0;
    let alive = true;
    const kill = () => {
      killed++;
      alive = false;
      return true;
    };
    const { did, run } = world({ sendSignal: () => true, isAlive: () => alive, timeoutMs: 3, kill });
    await run();
    expect(killed).toBe(1);
    expect(did).toContain("record sigkill");
  });

  test("an agent that is stopped leaves the verdict to the next one", async () => {
    const controller = new AbortController();
    controller.abort();
    const { outcome, message } = await world({ sendSignal: () => true, signal: controller.signal }).run();
    expect(outcome).toBe("partial");
    expect(message).toContain("the next start finishes the incident");
  });
});
