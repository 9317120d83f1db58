import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { taskRoom } from "../../src/linux/task-room.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-tasks-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function write(path: string, text: string | number): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), `${text}\n`);
}
const room = () => taskRoom({ procDir: join(dir, "proc"), cgroupDir: join(dir, "cgroup") });
const limit = (cgroup: string, max: number | "max", current: number) => {
  write(`cgroup/${cgroup}/pids.max`, max);
  write(`cgroup/${cgroup}/pids.current`, current);
};

test("the tightest cgroup above this process is named with its value", () => {
  write("proc/self/cgroup", "0::/user.slice/session.scope");
  limit("user.slice/session.scope", "max", 5);
  limit("user.slice", 12, 9);
  limit("", 100, 20);
  expect(room()).toEqual({ left: 3, limit: "pids.max of cgroup /user.slice is 12" });
});

test("in a container the limit is at the root that is seen", () => {
  write("proc/self/cgroup", "0::/");
  limit("", 10, 10);
  expect(room()).toEqual({ left: 0, limit: "pids.max of cgroup / is 10" });
});

test("version 1 has a hierarchy for it", () => {
  write("proc/self/cgroup", "9:memory:/a\n4:pids:/b");
  limit("a", 1, 1);
  limit("pids/b", 7, 5);
  expect(room()).toEqual({ left: 2, limit: "pids.max of cgroup /b is 7" });
});

test("without a limit there is none to be named", () => {
  write("proc/self/cgroup", "0::/a");
  limit("a", "max", 5);
  expect(room()).toBeUndefined();
  expect(taskRoom({ procDir: join(dir, "nowhere"), cgroupDir: dir })).toBeUndefined();
});
