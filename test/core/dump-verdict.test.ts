import { describe, expect, test } from "bun:test";
import { type DumpEnd, dumpVerdict } from "../../src/core/dump-verdict.ts";

const end = (changes: Partial<DumpEnd>): DumpEnd => ({
  coreEnded: true,
  dump: { path: "/d", bytes: 2048, ending: "complete" },
  tookMs: 1500,
  doubts: [],
  ...changes,
});
const word = (changes: Partial<DumpEnd>) => dumpVerdict(end(changes)).word;

describe("the verdict", () => {
  test("a dump with its end mark of a core that ended is complete", () => {
    expect(dumpVerdict(end({}))).toEqual({
      word: "complete",
      outcome: "done",
      message: "crash dump complete after 1.5 s: /d (2 KiB)",
    });
  });

  test("every other ending is a cut one, and says how", () => {
    const messageOf = (ending: "aborted" | "cut" | "empty") =>
      dumpVerdict(end({ dump: { path: "/d", bytes: 1, ending } })).message;
    expect(messageOf("aborted")).toContain("size limit");
    expect(messageOf("cut")).toContain("no end mark");
    expect(messageOf("empty")).toContain("is empty");
  });

  test("one that is there and could not be read is neither cut nor missing", () => {
    const verdict = dumpVerdict(end({ dump: { path: "/d", bytes: 2048, ending: "unread" } }));
    expect(verdict).toMatchObject({ word: "unread", outcome: "partial" });
    expect(verdict.message).toContain("/d (2 KiB) could not be read");
  });

  test("the kernel's line stands with a cut and with a missing dump", () => {
    const line = "Killed process 7 (ncs.smp)";
    const ender = { who: "the OOM killer", line } as const;
    const cut = dumpVerdict(end({ ender, dump: { path: "/d", bytes: 1, ending: "cut" } }));
    expect(cut.message).toContain(`the OOM killer struck: ${line}`);
    expect(dumpVerdict(end({ ender, dump: undefined })).message).toContain(line);
    const systemd = dumpVerdict(end({ ender: { who: "systemd", line }, dump: undefined }));
    expect(systemd.message).toContain(`systemd ended it: ${line}`);
    expect(systemd.message).not.toContain("OOM killer");
  });

  test("without a file it is missing, with the doubts of before as the reason", () => {
    expect(dumpVerdict(end({ dump: undefined, doubts: ["dumps are off"] }))).toMatchObject({
      word: "missing",
      outcome: "failed",
      message: "NSO ended after 1.5 s without a crash dump: dumps are off",
    });
  });

  test("a core that lives survived, even beside a complete file", () => {
    expect(word({ coreEnded: false })).toBe("survived");
    expect(dumpVerdict(end({ coreEnded: false, coreState: "stopped (T)" })).message).toContain(
      "still stopped (T)",
    );
  });

  test("an agent that is stopped meanwhile leaves it open", () => {
    expect(word({ coreEnded: undefined })).toBe("unwatched");
  });
});
