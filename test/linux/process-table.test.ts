import { afterEach, beforeEach, expect, test } from "bun:test";
import { createProcessTable, type ProcessTable, readProcessRows } from "../../src/linux/process-table.ts";
import { coreArgv, type MadeUpProc, makeProc, pythonArgv } from "./made-up-proc.ts";

let proc: MadeUpProc;
let table: ProcessTable;

beforeEach(() => {
  proc = makeProc();
  proc.put({ pid: 100, argv: coreArgv, rssKib: 1 });
  for (let pid = 1000; pid < 1200; pid++) proc.put({ pid, argv: ["sleep", "9"], rssKib: 1 });
  table = createProcessTable(proc.dir);
});

afterEach(() => proc.close());

test("a refresh finds what one walk finds", async () => {
  await table.refresh();
  expect(table.rows()).toEqual(readProcessRows(proc.dir));
});

test("other work runs between the slices of a refresh", async () => {
  let ran = 0;
  const timer = setInterval(() => ran++, 0);
  await table.refresh();
  clearInterval(timer);
  expect(ran).toBeGreaterThan(0);
});

test("what is new is found at the next refresh, and what is gone is forgotten", async () => {
  await table.refresh();
  proc.put({ pid: 2000, ppid: 100, argv: pythonArgv("new"), rssKib: 1 });
  proc.remove(1000);
  await table.refresh();
  expect(table.rows().has(2000)).toBe(true);
  expect(table.rows().has(1000)).toBe(false);
});

test("a start script that becomes a VM is one at the refresh after it was found", async () => {
  proc.put({ pid: 2001, ppid: 100, argv: ["sh", "start"], rssKib: 1 });
  await table.refresh();
  proc.put({ pid: 2001, ppid: 100, argv: pythonArgv("late"), rssKib: 1 });
  await table.refresh();
  expect(table.rows().get(2001)?.argv).toEqual(pythonArgv("late"));
});

test("an old process that becomes another program is seen after 30 refreshes", async () => {
  for (let turn = 0; turn < 3; turn++) await table.refresh();
  proc.put({ pid: 1100, ppid: 100, argv: pythonArgv("very late"), rssKib: 1 });
  for (let turn = 0; turn < 30; turn++) await table.refresh();
  expect(table.rows().get(1100)?.argv).toEqual(pythonArgv("very late"));
});
