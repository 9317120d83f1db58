import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { readHistory } from "../../src/record/read-history.ts";
import { clockOf } from "../fake-clock.ts";
import { missingCommand } from "../lab/missing.ts";
import { day, inDirectory, openSample, startMs, tick, until } from "./sample-ticks.ts";

describe("what is recorded is read back", () => {
  test("host values and a row per process, at the times that were measured", () =>
    inDirectory((dir) => {
      const { history } = openSample(join(dir, "history.db"));
      history.recordTick(
        tick(startMs + 7, [
          { atMs: startMs + 9 },
          {
            group: "javavm",
            name: "NcsJVMLauncher",
            pid: 6983,
            rssKib: 37_368,
            allocatedKib: 493_212,
            atMs: startMs + 8,
          },
        ]),
      );
      history.recordTick(tick(startMs + 1012, [{ atMs: startMs + 1013, rssKib: 42_300 }]));
      history.close();
      const { host, processes } = readHistory(join(dir, "history.db"));
      expect([...host.atMs]).toEqual([startMs + 7, startMs + 1012]);
      expect([...host.memTotalKib]).toEqual([24_684_096, 24_684_096]);
      expect(processes.map(({ group, name, pids }) => [group, name, pids])).toEqual([
        ["core", "ncs.smp", [8571]],
        ["javavm", "NcsJVMLauncher", [6983]],
      ]);
      expect([...(processes[0]?.atMs ?? [])]).toEqual([startMs + 9, startMs + 1013]);
      expect([...(processes[0]?.rssKib ?? [])]).toEqual([42_244, 42_300]);
      expect([...(processes[1]?.allocatedKib ?? [])]).toEqual([493_212]);
    }));

  test("events with kind, level and incident", () =>
    inDirectory((dir) => {
      const { history } = openSample(join(dir, "history.db"));
      const event = {
        atMs: startMs + 5,
        type: "level",
        kind: "physical",
        level: "warning",
        text: "physical 91.0 %: warning",
        incidentId: "i-1",
      } as const;
      history.recordEvent(event);
      history.recordTick(tick(startMs + 10));
      history.close();
      expect(readHistory(join(dir, "history.db")).events).toEqual([event]);
    }));

  test("a restarted process keeps its series and shows both PIDs", () =>
    inDirectory((dir) => {
      const { history } = openSample(join(dir, "history.db"));
      history.recordTick(tick(startMs));
      history.recordTick(tick(startMs + 60_000, [{ pid: 9120 }]));
      history.close();
      const [core] = readHistory(join(dir, "history.db")).processes;
      expect(core?.pids).toEqual([8571, 9120]);
      expect(core?.atMs.length).toBe(2);
    }));

  test("of multiprocessing children the moment when they held most", () =>
    inDirectory((dir) => {
      const { history } = openSample(join(dir, "history.db"));
      const child = (rssKib: number) => ({ pid: 1, rssKib, allocatedKib: rssKib + 5 });
      const vm = { group: "pythonvm", name: "bgworker" } as const;
      history.recordTick(tick(startMs, [{ ...vm, children: [child(10)] }]));
      history.recordTick(tick(startMs + 1000, [{ ...vm, children: [child(100), child(200)] }]));
      history.recordTick(tick(startMs + 2000, [{ ...vm, children: [child(50)] }]));
      history.close();
      expect(readHistory(join(dir, "history.db")).processes[0]?.childrenPeak).toEqual({
        atMs: startMs + 1000,
        count: 2,
        rssKib: 300,
        allocatedKib: 310,
      });
    }));

  test("without a window: the last run alone, from its start", () =>
    inDirectory((dir) => {
      const path = join(dir, "history.db");
      const first = openSample(path);
      first.history.recordTick(tick(startMs + 1));
      first.history.close();
      const second = openSample(path, { clock: clockOf(() => startMs + 5000) });
      second.history.recordTick(tick(startMs + 5001));
      second.history.close();
      expect([...readHistory(path).host.atMs]).toEqual([startMs + 5001]);
      expect([...readHistory(path, { sinceMs: 0 }).host.atMs]).toEqual([startMs + 1, startMs + 5001]);
      expect(readHistory(path, { sinceMs: 0 }).runs.map((run) => run.startedMs)).toEqual([
        startMs,
        startMs + 5000,
      ]);
    }));

  test("without a window: what was recorded after the last tick too, such as what came of the dump", () =>
    inDirectory((dir) => {
      const path = join(dir, "history.db");
      const { history } = openSample(path);
      history.recordTick(tick(startMs + 1));
      history.recordEvent({ atMs: startMs + 9000, type: "action", text: "crash-dump done: complete" });
      history.close();
      expect(readHistory(path).events.map(({ text }) => text)).toEqual(["crash-dump done: complete"]);
    }));

  test("the window holds its start and not its end", () =>
    inDirectory((dir) => {
      const path = join(dir, "history.db");
      const { history } = openSample(path);
      for (const offset of [0, 1000, 2000]) history.recordTick(tick(startMs + offset));
      history.close();
      const window = { sinceMs: startMs + 1000, untilMs: startMs + 2000 };
      expect([...readHistory(path, window).host.atMs]).toEqual([startMs + 1000]);
      expect([...(readHistory(path, window).processes[0]?.atMs ?? [])]).toEqual([startMs + 1000]);
    }));

  test("a gap of a year between two ticks is read in no time", () =>
    inDirectory((dir) => {
      const path = join(dir, "history.db");
      const { history } = openSample(path, { retention: { ageMs: 1000 * day, bytesMax: 1e9 } });
      history.recordTick(tick(startMs - 365 * day));
      history.recordTick(tick(startMs));
      history.close();
      const startedAt = performance.now();
      expect(readHistory(path, { sinceMs: 0 }).host.atMs.length).toBe(2);
      expect(performance.now() - startedAt).toBeLessThan(500);
    }));

  test("the file is for its owner alone", () =>
    inDirectory((dir) => {
      const { history } = openSample(join(dir, "history.db"));
      history.close();
      expect(statSync(join(dir, "history.db")).mode & 0o777).toBe(0o600);
    }));

  test("sqlite3 shows it by name and unit", () =>
    inDirectory((dir) => {
      const { history } = openSample(join(dir, "history.db"));
      history.recordTick(tick(startMs));
      history.close();
      const db = new Database(join(dir, "history.db"), { readonly: true });
      expect(db.query("SELECT at, grp, name, rss_kib FROM process_samples").get()).toEqual({
        at: "2026-01-13T12:00:00.000Z",
        grp: "core",
        name: "ncs.smp",
        rss_kib: 42_244,
      });
      expect(db.query("SELECT value FROM meta WHERE key = 'pageSizeBytes'").get()).toEqual({ value: "4096" });
      db.close();
    }));
});

describe("reading while the agent writes", () => {
  test("a reader sees what is there and never stops the writer", () =>
    inDirectory((dir) => {
      const path = join(dir, "history.db");
      const { history, problems } = openSample(path);
      for (let index = 0; index < 50; index++) {
        history.recordTick(tick(startMs + index * 1000));
        expect(readHistory(path).host.atMs.length).toBe(index + 1);
      }
      expect(problems).toEqual([]);
      history.close();
    }));

  test("what a killed agent had written is there", () =>
    inDirectory(async (dir) => {
      const script = join(import.meta.dir, "record-for-ever.ts");
      const child = Bun.spawn([process.execPath, script, join(dir, "history.db")], {
        stdout: "pipe",
        stderr: "inherit",
      });
      const reader = child.stdout.getReader();
      await reader.read();
      child.kill("SIGKILL");
      await child.exited;
      expect(readHistory(join(dir, "history.db")).host.atMs.length).toBeGreaterThan(99);
    }));

  test("fast ticks are written together, at the latest with the next event", () =>
    inDirectory((dir) => {
      const path = join(dir, "history.db");
      const { history } = openSample(path);
      history.recordTick(tick(startMs));
      history.recordTick(tick(startMs + 20, []));
      history.recordTick(tick(startMs + 40, []));
      expect(readHistory(path).host.atMs.length).toBe(1);
      history.recordEvent({ atMs: startMs + 41, type: "level", text: "critical" });
      expect(readHistory(path).host.atMs.length).toBe(3);
      history.close();
    }));
});

describe("trouble with the file", () => {
  test("a damaged file is moved aside, said once, and recording goes on", () =>
    inDirectory((dir) => {
      const path = join(dir, "history.db");
      writeFileSync(path, "this is no database".repeat(400));
      const { history, problems } = openSample(path);
      history.recordTick(tick(startMs));
      expect(history.health()).toEqual({ state: "ok" });
      history.close();
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain("damaged");
      const [aside = ""] = readdirSync(dir).filter((name) => name.includes(".damaged-"));
      expect(readFileSync(join(dir, aside), "utf8")).toStartWith("this is no database");
      expect(readHistory(path).host.atMs.length).toBe(1);
    }));

  test("a file damaged while it is open is moved aside too", () =>
    inDirectory((dir) => {
      const path = join(dir, "history.db");
      const { history } = openSample(path);
      for (let index = 0; index < 200; index++) history.recordTick(tick(startMs + index * 1000));
      history.close();
      const again = openSample(path);
      const db = openSync(path, "r+");
      const size = fstatSync(db).size;
      writeSync(db, Buffer.alloc(size - 4096, 0xa5), 0, size - 4096, 4096);
      closeSync(db);
      // Pruning reads the oldest pages, which no cache holds.
      again.clock.nowMs += 20 * day;
      again.history.recordTick(tick(startMs + 20 * day));
      expect(again.problems[0]).toContain("moved to");
      again.history.recordTick(tick(startMs + 20 * day + 1000));
      expect(again.history.health().state).toBe("ok");
      again.history.close();
    }));

  test("after ten damaged files no more are made: it says so and tries again", () =>
    inDirectory((dir) => {
      const path = join(dir, "history.db");
      for (let n = 0; n < 10; n++) writeFileSync(`${path}.damaged-${n}`, "");
      writeFileSync(path, "this is no database".repeat(400));
      const { history, problems } = openSample(path);
      expect(history.health().state).toBe("degraded");
      expect(problems).toHaveLength(1);
      expect(readFileSync(path, "utf8")).toStartWith("this is no database");
      history.close();
    }));

  test("a directory that is not there: degraded, said once, resumed when it comes", () =>
    inDirectory((dir) => {
      const path = join(dir, "late", "history.db");
      const { history, problems, clock } = openSample(path);
      for (let index = 0; index < 10; index++) history.recordTick(tick(startMs + index * 1000));
      expect(history.health().state).toBe("degraded");
      expect(problems).toHaveLength(1);
      mkdirSync(dirname(path));
      clock.nowMs += 4_999;
      history.recordTick(tick(startMs + 10_000));
      expect(history.health().state).toBe("degraded");
      clock.nowMs += 1;
      history.recordTick(tick(startMs + 11_000));
      expect(history.health()).toEqual({ state: "ok" });
      expect(problems).toHaveLength(2);
      expect(problems[1]).toContain("recorded again");
      history.close();
      // What was measured meanwhile was kept in memory.
      expect(readHistory(path).host.atMs.length).toBe(12);
    }));

  test("a file that was removed under it is made anew", () =>
    inDirectory((dir) => {
      const path = join(dir, "history.db");
      const { history, clock } = openSample(path);
      history.recordTick(tick(startMs));
      for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
      clock.nowMs += 60_000;
      history.recordTick(tick(startMs + 60_000));
      history.close();
      expect([...readHistory(path).host.atMs]).toEqual([startMs + 60_000]);
    }));

  test("another writer holds the file: ticks wait and nothing is said", () =>
    inDirectory((dir) => {
      const path = join(dir, "history.db");
      const { history, problems, clock } = openSample(path);
      const other = new Database(path);
      other.run("BEGIN IMMEDIATE");
      history.recordTick(tick(startMs));
      history.recordTick(tick(startMs + 1000));
      other.run("ROLLBACK");
      other.close();
      clock.nowMs += 1000;
      history.recordTick(tick(startMs + 2000));
      expect(readHistory(path).host.atMs.length).toBe(3);
      expect(problems).toEqual([]);
      history.close();
    }));

  test("a file of a later nsomem is left alone", () =>
    inDirectory((dir) => {
      const path = join(dir, "history.db");
      const db = new Database(path);
      db.run("PRAGMA user_version = 99");
      db.close();
      const { history, problems } = openSample(path);
      expect(history.health().state).toBe("degraded");
      expect(problems[0]).toContain("later nsomem");
      history.close();
      expect(readdirSync(dir)).toEqual(["history.db"]);
    }));

  const noMount = process.getuid?.() === 0 ? missingCommand("mount", "umount") : "needs root";
  test.skipIf(noMount !== undefined)(
    `a full disk: degraded, said once, resumed with room${noMount ? ` (${noMount})` : ""}`,
    () =>
      inDirectory((dir) => {
        mountTmpfs(dir);
        try {
          const path = join(dir, "history.db");
          const { history, problems, clock } = openSample(path);
          history.recordTick(tick(startMs));
          fill(join(dir, "filler"));
          for (let index = 1; index <= 200 && problems.length === 0; index++)
            history.recordTick(tick(startMs + index * 1000));
          expect(history.health().state).toBe("degraded");
          clock.nowMs += 5_000;
          history.recordTick(tick(startMs + 900_000));
          expect(problems).toHaveLength(1);
          expect(problems[0]).toContain("full");
          rmSync(join(dir, "filler"));
          clock.nowMs += 5_000;
          history.recordTick(tick(startMs + 901_000));
          expect(history.health()).toEqual({ state: "ok" });
          expect(problems).toHaveLength(2);
          history.close();
          expect(readHistory(path).host.atMs.at(-1)).toBe(startMs + 901_000);
        } finally {
          Bun.spawnSync(["umount", "-l", dir]);
        }
      }),
  );

  test.skipIf(noMount !== undefined)(
    `a read-only disk: degraded, and resumed when it is writable${noMount ? ` (${noMount})` : ""}`,
    () =>
      inDirectory((dir) => {
        mountTmpfs(dir);
        try {
          const path = join(dir, "history.db");
          Bun.spawnSync(["mount", "-o", "remount,ro", dir]);
          const { history, problems, clock } = openSample(path);
          history.recordTick(tick(startMs));
          expect(history.health().state).toBe("degraded");
          Bun.spawnSync(["mount", "-o", "remount,rw", dir]);
          clock.nowMs += 5_000;
          history.recordTick(tick(startMs + 1000));
          expect(history.health().state).toBe("ok");
          expect(problems).toHaveLength(2);
          history.close();
        } finally {
          Bun.spawnSync(["umount", "-l", dir]);
        }
      }),
  );
});

describe("the write-ahead log", () => {
  test("is emptied again and again while the agent runs", () =>
    inDirectory(async (dir) => {
      const path = join(dir, "history.db");
      const { history, problems } = openSample(path);
      let shrunk = false;
      let before = 0;
      for (let index = 0; index < 1500 && !shrunk; index++) {
        history.recordTick(tick(startMs + index * 1000));
        const size = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
        shrunk = size < before;
        before = size;
        // Lets the thread pool's answers in.
        if (index % 20 === 0) await Bun.sleep(1);
      }
      await until(() => shrunk || statSync(`${path}-wal`).size < before, "the log shrinks");
      history.close();
      expect(problems).toEqual([]);
      expect(existsSync(`${path}-wal`)).toBe(false);
    }));

  test("a copy of the two files taken at any moment is readable", () =>
    inDirectory(async (dir) => {
      const path = join(dir, "history.db");
      const { history } = openSample(path);
      for (let index = 0; index < 400; index++) history.recordTick(tick(startMs + index * 1000));
      history.recordEvent({ atMs: startMs, type: "tool", text: "restarted" });
      await until(() => readHistory(path).host.atMs.length === 400, "the queue is written");
      mkdirSync(join(dir, "copy"));
      for (const suffix of ["", "-wal"])
        await Bun.write(join(dir, "copy", `history.db${suffix}`), Bun.file(path + suffix));
      history.close();
      renameSync(join(dir, "copy/history.db"), join(dir, "copy/moved.db"));
      renameSync(join(dir, "copy/history.db-wal"), join(dir, "copy/moved.db-wal"));
      expect(readHistory(join(dir, "copy/moved.db")).host.atMs.length).toBe(400);
    }));
});

function mountTmpfs(dir: string): void {
  const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", dir]);
  if (!mounted.success) throw new Error(`mount: ${mounted.stderr}`);
}

/** Takes all room that is left, to the last page. */
function fill(path: string): void {
  Bun.spawnSync(["sh", "-c", `cat /dev/zero > "$1"`, "sh", path]);
}
