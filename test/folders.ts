/** Which folders of test/ hold unit tests: `make unit` runs those, and the test files beside the folders. */

import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";

/**
 * A `unit` test needs neither the built binary nor a part of the lab. A `whole` one needs them, fills memory, or
 * measures times that a busy neighbour would spoil: `make test` runs it, alone. A file or folder within a folder has a
 * row of its own where it differs.
 */
export const folders: Readonly<Record<string, "unit" | "whole">> = {
  agent: "unit",
  bundle: "unit",
  chaos: "whole",
  cli: "unit",
  configuration: "unit",
  core: "unit",
  demo: "unit",
  doctor: "unit",
  drill: "unit",
  dump: "unit",
  // A real BEAM.
  "dump/live-values.test.ts": "whole",
  e2e: "whole",
  // Guests: minutes.
  host: "whole",
  "host/scenario.test.ts": "unit",
  lab: "whole",
  linux: "unit",
  // Real processes of the lab's core, under several users.
  "linux/executable.test.ts": "whole",
  metrics: "unit",
  // Debian's Prometheus.
  "metrics/promtool.test.ts": "whole",
  "metrics/fleet.test.ts": "whole",
  record: "unit",
  // The longest stall of many: 80 ms beside busy neighbours, 50 allowed.
  "record/retention.test.ts": "whole",
  release: "unit",
  // Whole builds, and a Debian to install packages into.
  "release/older.test.ts": "whole",
  "release/packages.test.ts": "whole",
  "release/release.test.ts": "whole",
  report: "unit",
  rescue: "unit",
  // Node's file functions are replaced for the whole process; a hundred runs take half a minute.
  "rescue/every-call.test.ts": "whole",
  service: "unit",
  tool: "unit",
  // Seconds of waiting for ticks: 27 s in all.
  "tool/plot": "whole",
  ui: "unit",
};

/** All test files below `testDir` that are unit tests, as absolute paths. */
export function unitTests(testDir: string): string[] {
  return testsAt(testDir).filter((path) => isUnit(relative(testDir, path)));
}

/** `path` is below test/: `core/level.test.ts`, or `imports.test.ts` beside the folders. */
export function isUnit(path: string): boolean {
  const parts = path.split("/");
  const rows = parts.map((_, index) => folders[parts.slice(0, index + 1).join("/")]);
  const row = rows.findLast((one) => one !== undefined);
  return row === undefined ? parts.length === 1 : row === "unit";
}

/** The test files that `path` names, itself or a folder of them, as absolute paths. None where there are none. */
export function testsAt(path: string): string[] {
  const at = resolve(path);
  if (!existsSync(at)) return [];
  const found = statSync(at).isDirectory()
    ? readdirSync(at, { recursive: true, encoding: "utf8" }).map((name) => join(at, name))
    : [at];
  return found.filter((name) => name.endsWith(".test.ts")).sort();
}

/** Folders with tests that `table` does not name. */
export function forgottenFolders(
  testDir: string,
  table: Readonly<Record<string, unknown>> = folders,
): string[] {
  const tops = testsAt(testDir).flatMap((path) =>
    relative(testDir, path).split("/").slice(0, -1).slice(0, 1),
  );
  return [...new Set(tops)].filter((top) => !(top in table));
}
