import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HistoryEvent } from "../../src/core/recording.ts";
import { type HistoryThread, openHistoryApart } from "../../src/record/history-apart.ts";
import type { FromHistory, ToHistory } from "../../src/record/history-message.ts";
import { readHistory } from "../../src/record/read-history.ts";
import { meta } from "../report/sample.ts";
import { startMs, tick } from "./sample-ticks.ts";

const retention = { ageMs: 1e12, bytesMax: 1e9 };
const event = (text: string): HistoryEvent => ({ atMs: startMs, type: "tool", text });

/** A thread that answers when the test says so. */
function madeUpThread() {
  const got: ToHistory[] = [];
  const thread: HistoryThread = {
    onmessage: null,
    onerror: null,
    postMessage: (message: ToHistory) => void got.push(message),
    terminate() {},
  };
  const answer = (message: FromHistory = { type: "done", health: { state: "ok" } }) =>
    thread.onmessage?.({ data: message } as MessageEvent<FromHistory>);
  return { got, thread, answer };
}

function open(startThread: () => HistoryThread) {
  const problems: string[] = [];
  const history = openHistoryApart({
    ...{ path: "/state/history.db", meta, retention, startThread },
    onProblem: (text) => problems.push(text),
  });
  return { history, problems };
}

test("what is recorded is in the file, written by a thread of its own, when it is closed", async () => {
  const dir = mkdtempSync(join(tmpdir(), "nsomem-history-apart-"));
  try {
    const path = join(dir, "history.db");
    const history = openHistoryApart({
      path,
      meta,
      retention,
      onProblem: (text) => expect.unreachable(text),
    });
    for (let index = 0; index < 100; index++) history.recordTick(tick(startMs + index * 1000));
    history.recordEvent(event("the last"));
    expect(await history.close(10_000)).toBe(true);
    const read = readHistory(path, { sinceMs: 0 });
    expect(read.host.atMs).toHaveLength(100);
    expect(read.events.map(({ text }) => text)).toEqual(["the last"]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test("one message is under way at a time, and what comes meanwhile goes with the next", () => {
  const { got, thread, answer } = madeUpThread();
  const { history } = open(() => thread);
  history.recordEvent(event("a"));
  history.recordEvent(event("b"));
  expect(got.map(({ type }) => type)).toEqual(["open"]);
  answer();
  history.recordEvent(event("c"));
  answer();
  expect(got.slice(1)).toEqual([
    { type: "record", entries: [{ event: event("a") }, { event: event("b") }] },
    { type: "record", entries: [{ event: event("c") }] },
  ]);
});

test("a disk that does not answer holds up nobody, and of what waits the oldest goes first", async () => {
  const { got, thread, answer } = madeUpThread();
  const { history } = open(() => thread);
  for (let index = 0; index < 700; index++) history.recordEvent(event(String(index)));
  expect(await history.close(10)).toBe(false);
  answer();
  const [, record] = got;
  if (record?.type !== "record") throw new Error("not recorded");
  expect(record.entries).toHaveLength(600);
  expect(record.entries[0]).toEqual({ event: event("100") });
});

test("what is wrong with the file is handed on, and is the history's health", () => {
  const { thread, answer } = madeUpThread();
  const { history, problems } = open(() => thread);
  answer({ type: "problem", text: "History is not recorded: disk full" });
  answer({ type: "done", health: { state: "degraded", reason: "disk full" } });
  expect(problems).toEqual(["History is not recorded: disk full"]);
  expect(history.health()).toEqual({ state: "degraded", reason: "disk full" });
});

test("a thread that cannot be started is said, and the agent goes on without", async () => {
  const { history, problems } = open(() => {
    throw new Error("EAGAIN");
  });
  history.recordEvent(event("lost"));
  expect(await history.close(1000)).toBe(false);
  expect(problems).toEqual([expect.stringContaining("EAGAIN")]);
  expect(history.health().reason).toContain("EAGAIN");
});

test("a thread that has ended is said too", async () => {
  const { thread } = madeUpThread();
  const { history, problems } = open(() => thread);
  thread.onerror?.({ message: "out of memory" } as ErrorEvent);
  expect(problems).toEqual([expect.stringContaining("out of memory")]);
  expect(await history.close(1000)).toBe(false);
});
