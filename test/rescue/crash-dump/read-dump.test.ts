import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { DumpFile } from "../../../src/core/dump-verdict.ts";
import type { DumpPart, IncidentStep } from "../../../src/core/incident-step.ts";
import { readSummary } from "../../../src/dump/summary-file.ts";
import { readByProcess } from "../../../src/rescue/crash-dump/dump-reader.ts";
import type { FollowedDump } from "../../../src/rescue/crash-dump/ports.ts";
import { createDumpRead, type DumpSays, wordsBehind } from "../../../src/rescue/crash-dump/read-dump.ts";
import { earlyReader } from "../../../src/rescue/crash-dump/read-early.ts";
import { madeUpHalves, richDump } from "../../dump/made-up-dump.ts";
import { madeUpSummary } from "../../dump/made-up-summary.ts";

const made: string[] = [];
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function directory(): string {
  const dir = mkdtempSync(join(tmpdir(), "nsomem-read-dump-"));
  made.push(dir);
  return dir;
}

const wish = (part: DumpPart, path = "/d") => ({ path, reach: path, part, mayGoOn: () => true });
const command = [process.execPath, resolve(import.meta.dir, "../../../src/main.ts")];
const live = () => ({ command, stop: new AbortController().signal });

function reading(read: () => ReturnType<typeof readByProcess>) {
  const dir = directory();
  const steps: IncidentStep[] = [];
  const readDump = createDumpRead({
    dir,
    write: (step) => void steps.push(step),
    monotonicMs: () => 0,
    read,
  });
  return { dir, steps, readDump };
}

describe("what a dump says, in its incident", () => {
  test("is a text and a document in its directory, and a step with the words", async () => {
    const { dir, steps, readDump } = reading(() => Promise.resolve({ summary: madeUpSummary() }));
    const says = await readDump(wish("whole"));
    expect(steps).toEqual([
      {
        step: "dump-read",
        part: "whole",
        tookMs: 0,
        words: expect.arrayContaining([expect.stringContaining("1000 MiB in use")]),
      },
    ]);
    expect(readSummary(dir)).toEqual(madeUpSummary());
    expect(readFileSync(join(dir, "dump-summary.txt"), "utf8")).toContain("event_sink");
    expect(wordsBehind(says)).toStartWith(". 1000 MiB in use");
  });

  test("is a step with the reason where it cannot be read, and no file", async () => {
    const { dir, steps, readDump } = reading(() => Promise.resolve({ reason: "/d is empty" }));
    expect(wordsBehind(await readDump(wish("whole")))).toBe("");
    expect(steps).toEqual([{ step: "dump-unread", part: "whole", reason: "/d is empty" }]);
    expect(readdirSync(dir)).toEqual([]);
  });

  test("is the same where the reader or the disk throws: nothing rejects", async () => {
    const thrown = reading(() => Promise.reject(new Error("EMFILE")));
    expect(await thrown.readDump(wish("whole"))).toEqual({ kind: "unread" });
    const gone = reading(() => Promise.resolve({ summary: madeUpSummary() }));
    rmSync(gone.dir, { recursive: true });
    writeFileSync(gone.dir, "");
    expect(await gone.readDump(wish("whole"))).toEqual({ kind: "unread" });
    expect(gone.steps[0]).toMatchObject({ step: "dump-unread" });
  });

  test("is nothing yet where the figures are not all there", async () => {
    const summary = madeUpSummary({ ledger_complete: false });
    const { dir, steps, readDump } = reading(() => Promise.resolve({ summary }));
    expect(await readDump(wish("ledger"))).toEqual({ kind: "early" });
    expect(steps).toEqual([]);
    expect(readdirSync(dir)).toEqual([]);
  });

  test("is that of the whole in the end, though the ledger's reading takes longer", async () => {
    const first = Promise.withResolvers<{ reason: string }>();
    let count = 0;
    const { steps, readDump } = reading(() =>
      count++ === 0 ? first.promise : Promise.resolve({ summary: madeUpSummary() }),
    );
    const ledger = readDump(wish("ledger"));
    const whole = readDump(wish("whole"));
    first.resolve({ reason: "late" });
    await Promise.all([ledger, whole]);
    expect(steps.map(({ step }) => step)).toEqual(["dump-unread", "dump-read"]);
  });
});

describe("the process that reads it", () => {
  const read = (text: string, changes: Partial<Parameters<typeof readByProcess>[0]> = {}) => {
    const path = join(directory(), "erl_crash.dump");
    writeFileSync(path, text);
    return readByProcess({ ...wish("whole", path), ...live(), ...changes });
  };

  test("reads a dump from its standard input", async () => {
    const found = await read(richDump());
    expect(found).toMatchObject({ summary: { ending: "complete", processes: { count: 63 } } });
  });

  test("reads the figures alone of one that is being written", async () => {
    const found = await read(`${madeUpHalves().ledger}=proc_heap:<0.1.0>\n7F`, { part: "ledger" });
    expect(found).toMatchObject({ summary: { file: { read: "ledger" }, ledger_complete: true } });
  });

  test("says why there is nothing to be read", async () => {
    const found = await read("hello");
    expect(found).toEqual({ reason: expect.stringMatching(/erl_crash\.dump is no crash dump of Erlang/) });
    const missing = await readByProcess({ ...wish("whole", "/none"), ...live() });
    expect(missing).toEqual({ reason: expect.stringContaining("ENOENT") });
    const device = await readByProcess({ ...wish("whole", "/dev/zero"), ...live() });
    expect(device).toEqual({ reason: "/dev/zero is a device, not a regular file" });
  });

  test("ends where memory becomes critical, and with the agent", async () => {
    const huge = richDump().replace("=end\n", `${"=binary:7F\n3:AAAA\n".repeat(3_000_000)}=end\n`);
    expect(await read(huge, { mayGoOn: () => false })).toEqual({
      reason: "memory became critical while it was read",
    });
    expect(await read(richDump(), { stop: AbortSignal.abort() })).toEqual({
      reason: "stopped with the agent",
    });
  });
});

describe("a dump that is being written", () => {
  function followed(says: DumpSays["kind"][], { isCritical = (): boolean => false } = {}) {
    const asked: string[] = [];
    const answers = [...says];
    const world = {
      dump: {
        read: ({ part }: { part: DumpPart }) => {
          asked.push(part);
          return Promise.resolve({ kind: answers.shift() ?? "early", words: [] });
        },
      },
      memory: { isCritical },
    } as unknown as FollowedDump;
    const onGrowth = earlyReader(world);
    const grow = async (kib: number) => {
      onGrowth({ path: "/d", bytes: kib * 1024, ending: "cut" } satisfies DumpFile);
      await Promise.resolve();
      await Promise.resolve();
    };
    return { asked, grow };
  }

  test("is read from 256 KiB on, and once its figures are there no more", async () => {
    const { asked, grow } = followed(["words"]);
    await grow(255);
    expect(asked).toEqual([]);
    await grow(256);
    await grow(100_000);
    expect(asked).toEqual(["ledger"]);
  });

  test("is tried again at twice the size while its figures are not there", async () => {
    const { asked, grow } = followed(["early", "words"]);
    await grow(300);
    await grow(599);
    expect(asked).toHaveLength(1);
    await grow(600);
    expect(asked).toHaveLength(2);
  });

  test("is not read while memory is critical", async () => {
    let isCritical = true;
    const { asked, grow } = followed(["words"], { isCritical: () => isCritical });
    await grow(1000);
    expect(asked).toEqual([]);
    isCritical = false;
    await grow(1001);
    expect(asked).toEqual(["ledger"]);
  });
});
