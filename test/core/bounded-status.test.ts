import { describe, expect, test } from "bun:test";
import { boundStatus, statusBytesMax } from "../../src/core/bounded-status.ts";
import { readStatusDocument } from "../../src/core/read-status.ts";
import { shownJson } from "../../src/core/shown.ts";
import type { ActionStatus, ProcessStatus, Status } from "../../src/core/status.ts";

const core: ProcessStatus = { group: "core", name: "ncs.smp", pid: 8571, rss_kib: 1, allocated_kib: 1 };
const action: ActionStatus = {
  ...({
    at: "2026-11-23T12:00:00.000+00:00",
    kind: "physical",
    level: "warning",
    rule: "warning_phy",
  } as const),
  ...{ incident: "20261123T120000-000-physical", action: "debug-dump", outcome: "done", message: "3 of 3" },
  files: ["/d/dump1.bin"],
};
const status: Status = {
  ...{ schema: 1, running: true, pid: 1, since: "x", updated: "x", version: "1", dry_run: false },
  overcommit_mode: 0,
  nso: { pid: 8571, name: "ncs.smp", conffile: "/etc/ncs/ncs.conf" },
  memory: {},
  unknown: {},
  processes: [core],
  tool: { state: "running", pid: 2, restarts: 0, malformed_lines: 0, source: "tool" },
  configuration: { file: null, loaded: "x", last_reload: null },
  actions: [action],
  crash_dump: null,
  problems: ["history is not recorded"],
};
const bytesOf = (document: Status) => Buffer.byteLength(`${shownJson(document, 2)}\n`);
const vm = (pid: number, more: Partial<ProcessStatus> = {}): ProcessStatus => {
  const name = `vm-${pid}`.padEnd(200, "n");
  return { group: "pythonvm", name, pid, rss_kib: pid, allocated_kib: 1, children: [], ...more };
};

test("a document of usual size is left as it is", () => expect(boundStatus(status)).toEqual(status));

describe("stays within the bound, readable, whatever is in it", () => {
  // The quote and the astral letter are longest in JSON and in UTF-8.
  for (const letter of ['"', "𝔫", "\u202e", "ä", "9"])
    test(JSON.stringify(letter), () => {
      const huge = letter.repeat(1_000_000);
      const many = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);
      const memory = {
        ...{
          level: "normal" as const,
          used_kib: 1,
          limit_kib: 2,
          percent: 50,
          ceiling: huge,
          enforced: true,
        },
        ...{ warning_percent: 90, critical_percent: 95 },
      } as const;
      const bounded = boundStatus({
        ...status,
        nso: { pid: 1, name: huge, conffile: huge },
        memory: { physical: memory, allocated: memory },
        unknown: { physical: huge, allocated: huge, cgroup: huge },
        processes: many(
          3000,
          vm(7, { name: huge, children: many(300, { pid: 1, rss_kib: 1, allocated_kib: 1 }) }),
        ),
        configuration: { file: huge, loaded: "x", last_reload: { at: "x", accepted: false, message: huge } },
        actions: many(20, {
          ...action,
          rule: huge,
          incident: huge,
          action: huge,
          message: huge,
          files: many(50, huge),
        }),
        crash_dump: { outlook: "doubtful", path: huge, room_kib: 1, need_kib: 1, doubts: many(100, huge) },
        problems: many(500, huge),
      });
      expect(bytesOf(bounded)).toBeLessThanOrEqual(statusBytesMax);
      expect(readStatusDocument(JSON.parse(shownJson(bounded, 2)))).toBeDefined();
      expect(bounded.actions.length).toBeGreaterThan(0);
      expect(bounded.left_out).toMatchObject({ problems: 490 });
    });
});

describe("what is left out", () => {
  test("of processes are the smallest, and they are counted", () => {
    const processes = [core, ...Array.from({ length: 1000 }, (_, index) => vm(index + 2))];
    const bounded = boundStatus({ ...status, processes });
    expect(bytesOf(bounded)).toBeLessThanOrEqual(statusBytesMax);
    expect(bytesOf(bounded)).toBeGreaterThan(statusBytesMax / 2);
    const kept = bounded.processes.length;
    expect(bounded.processes).toEqual([core, ...processes.slice(-kept + 1)]);
    expect(bounded.left_out).toEqual({ processes: 1001 - kept, children: 0, actions: 0, problems: 0 });
  });

  test("are children before their process is", () => {
    const children = Array.from({ length: 2000 }, (_, pid) => ({ pid, rss_kib: 1, allocated_kib: 1 }));
    const { processes, left_out } = boundStatus({ ...status, processes: [core, vm(9, { children })] });
    expect(processes).toEqual([core, vm(9)]);
    expect(left_out).toMatchObject({ processes: 0, children: 2000 });
  });

  test("of actions are the oldest", () => {
    const actions = Array.from({ length: 40 }, (_, index) => ({
      ...action,
      message: `${index} `.padEnd(390, "x"),
    }));
    const bounded = boundStatus({ ...status, actions });
    const kept = bounded.actions.length;
    expect(kept).toBeGreaterThan(5);
    expect(bounded.actions).toEqual(actions.slice(-kept));
    expect(bounded.left_out).toMatchObject({ actions: 40 - kept });
  });
});

test("a message of a megabyte is cut with an ellipsis, its first lines whole", () => {
  const message = `nsomem.toml:2:1: it must be less\n${"9".repeat(1_000_000)}`;
  const reload = { at: "x", accepted: false, message };
  const { configuration } = boundStatus({
    ...status,
    configuration: { ...status.configuration, last_reload: reload },
  });
  expect(configuration.last_reload?.message).toStartWith("nsomem.toml:2:1: it must be less\n999");
  expect(configuration.last_reload?.message).toEndWith("…");
});
