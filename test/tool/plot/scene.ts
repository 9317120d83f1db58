/** A made-up /proc for each test of a file, and the tool on it. */

import { afterEach, beforeEach } from "bun:test";
import { type MadeUpProc, makeProc } from "./made-up-proc.ts";
import { startTool } from "./run.ts";

/** To be called once, at the top of a test file: it makes and removes the tree around each of its tests. */
export function toolScene() {
  let made: MadeUpProc | undefined;
  beforeEach(() => {
    made = makeProc();
  });
  afterEach(() => made?.remove());

  const current = (): MadeUpProc => {
    if (!made) throw new Error("there is a made-up /proc only within a test");
    return made;
  };
  const env = (more: Record<string, string> = {}) => ({
    NSOMEM_PROC: current().proc,
    NSOMEM_CGROUP: current().cgroup,
    NSOMEM_WITHOUT_CORE: "stay",
    ...more,
  });
  const start = (more?: Record<string, string>) => startTool({ env: env(more) });

  return {
    /** The tree of the running test. */
    get made() {
      return current();
    },
    env,
    start,
    /** What the tool measures after its first ticks. */
    async measured(more?: Record<string, string>) {
      const tool = start(more);
      await tool.ticks(2);
      await tool.end();
      const seen = new Map(tool.samples().map(({ pid, group, name }) => [pid, { pid, group, name }]));
      return [...seen.values()];
    },
  };
}
