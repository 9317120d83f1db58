import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Status } from "../../src/core/status.ts";
import { createLane } from "../../src/record/lane.ts";
import { readStatus, statusFileAt } from "../../src/record/status-file.ts";
import { testUnless } from "../lab/missing.ts";
import { evaluateAs, noOtherUsers, users } from "../linux/as-user.ts";

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-status-"));
  path = join(dir, "status.json");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const status: Status = {
  ...{ schema: 1, running: true, pid: 4242, since: "", updated: "", version: "0", dry_run: false },
  overcommit_mode: 2,
  nso: { pid: 8571, name: "ncs.smp", conffile: null },
  memory: {
    physical: {
      ...{ level: "normal", used_kib: 1, limit_kib: 2, percent: 50, ceiling: "host", enforced: true },
      ...{ warning_percent: 90, critical_percent: 95 },
    },
  },
  processes: [{ group: "core", name: "ncs.smp", pid: 8571, rss_kib: 1, allocated_kib: 1 }],
  tool: { state: "running", pid: 1, restarts: 0, malformed_lines: 0, source: "tool" },
  configuration: { file: null, loaded: "", last_reload: null },
  actions: [],
  problems: [],
};

describe("the status", () => {
  test("that was written is read, and again after its directory was removed", async () => {
    const file = statusFileAt(join(dir, "home", "status.json"), createLane());
    file.write(status);
    expect(await file.settle(5000)).toBe(true);
    rmSync(join(dir, "home"), { recursive: true });
    file.write(status);
    expect(await file.settle(5000)).toBe(true);
    expect(readStatus(join(dir, "home", "status.json"))).toEqual(status);
  });

  test("that cannot be written says why, and is written when it can be", async () => {
    writeFileSync(join(dir, "home"), "");
    const file = statusFileAt(join(dir, "home", "status.json"), createLane());
    file.write(status);
    expect(await file.settle(5000)).toBe(false);
    expect(file.problem()).toContain("is not a directory");
    rmSync(join(dir, "home"));
    expect(await file.settle(5000)).toBe(true);
    expect(file.problem()).toBeUndefined();
  });

  test("is the newest one, where several came while the file system did not answer", async () => {
    const lane = createLane();
    const blocked = Promise.withResolvers<void>();
    void lane.do(function* () {
      yield { now: () => undefined, later: () => blocked.promise };
    });
    const file = statusFileAt(path, lane);
    for (const pid of [1, 2, 3]) file.write({ ...status, pid });
    expect(await file.settle(20)).toBe(false);
    blocked.resolve();
    expect(await file.settle(5000)).toBe(true);
    expect(readStatus(path)?.pid).toBe(3);
  });

  test.each([
    ["nothing", ""],
    ["half of one", JSON.stringify(status).slice(0, 200)],
    ["its schema alone", '{"schema":1}'],
    ["null", "null"],
    ["an array", "[]"],
    ["another schema", JSON.stringify({ ...status, schema: 2 })],
    ["no memory", JSON.stringify({ ...status, memory: null })],
  ])("that is %s is none", (_, text) => {
    writeFileSync(path, text);
    expect(readStatus(path)).toBeUndefined();
  });

  test.each([
    ["memory of an unknown level", JSON.stringify(status).replace('"normal"', '"calm"'), { memory: {} }],
    [
      "a process of an unknown group",
      JSON.stringify(status).replace('"core"', '"constructor"'),
      { processes: [] },
    ],
    [
      "a number that is text",
      JSON.stringify(status).replace('"used_kib":1', '"used_kib":"1"'),
      { memory: {} },
    ],
  ])("without %s, which is left out, is one", (_, text, rest) => {
    writeFileSync(path, text);
    expect(readStatus(path)).toEqual({ ...status, ...rest });
  });

  test("with a key of a later nsomem is one", () => {
    writeFileSync(path, JSON.stringify({ ...status, later: 1 }));
    expect(readStatus(path)).toMatchObject({ pid: 4242 });
  });

  test("that is a FIFO, a directory, a link or of 1 GiB is none, at once", () => {
    const found = [
      () => execFileSync("mkfifo", [path]),
      () => mkdirSync(path),
      () => symlinkSync("/dev/zero", path),
      () => [writeFileSync(path, ""), truncateSync(path, 1 << 30)],
    ].map((make) => {
      make();
      const read = readStatus(path);
      rmSync(path, { recursive: true });
      return read;
    });
    expect(found).toEqual([undefined, undefined, undefined, undefined]);
  });

  for (const uid of users)
    testUnless(
      noOtherUsers,
      `is believed by root only if it is root's, by user ${uid} also if it is his`,
      () => {
        execFileSync("chmod", ["755", dir]);
        writeFileSync(path, JSON.stringify(status));
        const readAs = (reader: number) =>
          evaluateAs(
            reader,
            { readStatus: "record/status-file.ts" },
            `readStatus(${JSON.stringify(path)})?.pid`,
          );
        expect([readAs(0), readAs(uid)]).toEqual([4242, 4242]);
        chownSync(path, uid, uid);
        expect([readAs(0), readAs(uid), readAs(7)]).toEqual([null, 4242, null]);
      },
    );
});
