import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identify, type ProcessIdentity } from "../../../src/linux/procfs.ts";
import {
  evidenceDocument,
  evidenceFileName,
  evidenceJson,
  readEvidencePieces,
} from "../../../src/rescue/evidence/evidence-file.ts";
import type { Piece, Subject } from "../../../src/rescue/evidence/piece.ts";
import { piecesOf, summarise, takeEvidence } from "../../../src/rescue/evidence/take-evidence.ts";

const own = identify("/proc", process.pid) as ProcessIdentity;
const subjectWith = (stop = new AbortController().signal, identity = own): Subject => {
  return {
    ...identity,
    procDir: "/proc",
    group: "javavm",
    name: "vm",
    mayAttach: true,
    ncs: undefined,
    stop,
  };
};
const piece = (name: string, take: Piece["take"], timeoutMs = 1000): Piece => {
  return { name, file: `${name}.txt`, timeoutMs, take };
};

async function taken(pieces: readonly Piece[], subject = subjectWith()) {
  const all = [];
  for await (const one of takeEvidence(subject, pieces)) all.push(one);
  return all;
}

describe("the pieces of evidence", () => {
  test("are taken one after the other; one that fails says why, and the next is taken all the same", async () => {
    const all = await taken([
      piece("heap", () => ({ headline: "JVM heap 3 GiB of 4 GiB", text: "heap\n", data: 3 })),
      piece("classes", () => {
        throw new Error("ZGC: not known");
      }),
      piece("threads", async () => ({ text: "threads\n" })),
    ]);
    expect(all.map(({ text }) => text)).toEqual(["heap\n", undefined, "threads\n"]);
    expect(summarise(all.map((one) => one.taken))).toBe(
      "JVM heap 3 GiB of 4 GiB; no classes: ZGC: not known",
    );
  });

  test("have a deadline each", async () => {
    const all = await taken([
      piece("never", () => new Promise(() => {}), 20),
      piece("next", () => ({ text: "here" })),
    ]);
    expect(all.map((one) => one.taken.missing)).toEqual(["not within 20 ms", null]);
  });

  test("end when they are stopped: what was taken stays", async () => {
    const stop = new AbortController();
    const all = await taken(
      [
        piece("first", () => ({ text: "1" })),
        piece("second", () => {
          stop.abort();
          return new Promise(() => {});
        }),
        piece("third", () => ({ text: "3" })),
      ],
      subjectWith(stop.signal),
    );
    expect(all.map((one) => one.taken.piece)).toEqual(["first"]);
  });

  test("are not taken of a process that has the PID after it", async () => {
    const subject = subjectWith(undefined, { ...own, startTicks: own.startTicks + 1 });
    const [first] = await taken([piece("heap", () => ({ text: "" }))], subject);
    expect(first?.taken.missing).toBe(`PID ${process.pid} has ended`);
  });

  test("of a JVM begin with what needs nothing of it, and its stop is no piece", () => {
    const names = piecesOf("javavm").map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(["heap counters", "class census"]);
    expect(names.slice(-2)).toEqual(["heap info", "thread dump"]);
  });
});

describe("evidence.json", () => {
  test("is read back as it was written, without its data", async () => {
    const dir = mkdtempSync(join(tmpdir(), "nsomem-evidence-"));
    const pieces = [
      { piece: "heap", tookMs: 2, file: "heap.txt", headline: "JVM heap", missing: null, data: { a: 1 } },
      { piece: "classes", tookMs: 2, file: null, headline: null, missing: "ptrace scope", data: null },
    ];
    const document = evidenceDocument({ pid: 7, group: "javavm", name: "vm" }, 0, pieces);
    writeFileSync(join(dir, evidenceFileName), evidenceJson(document));
    expect(await readEvidencePieces(dir)).toEqual(pieces.map((one) => ({ ...one, data: null })));
    rmSync(dir, { recursive: true });
  });

  test("that is not there, or is damaged, has no pieces", async () => {
    const dir = mkdtempSync(join(tmpdir(), "nsomem-evidence-"));
    expect(await readEvidencePieces(dir)).toEqual([]);
    writeFileSync(join(dir, evidenceFileName), '{"pieces": [{"piece": 7}, "x"');
    expect(await readEvidencePieces(dir)).toEqual([]);
    rmSync(dir, { recursive: true });
  });
});
