/** What a test starts and must leave nothing of: a directory, parts of the lab, agents; ended in reverse order. */

import { afterEach, setDefaultTimeout } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Agent, type AgentOptions, startAgent } from "./agent.ts";

export interface Scene {
  /** A fresh directory for this test. */
  dir(): string;
  /** Ends `part` after the test. */
  keep<T extends { stop(): Promise<void> }>(part: T): T;
  /** Starts an agent in `dir()/home`, ended after the test. */
  agent(options?: Partial<AgentOptions>): Agent;
}

// Above every deadline that a test waits by itself, so that its own message tells what did not come.
setDefaultTimeout(60_000);

/** One for a test file; registers its own clean-up. */
export function createScene(): Scene {
  const stops: (() => Promise<void>)[] = [];
  let current: string | undefined;
  afterEach(async () => {
    const failures: unknown[] = [];
    for (const stop of stops.splice(0).reverse()) await stop().catch((error) => failures.push(error));
    if (current) rmSync(current, { recursive: true, force: true });
    current = undefined;
    if (failures.length > 0) throw failures[0];
  });
  const scene: Scene = {
    dir() {
      current ??= mkdtempSync(join(tmpdir(), "nsomem-e2e-"));
      return current;
    },
    keep(part) {
      stops.push(part.stop);
      return part;
    },
    agent: (options = {}) => scene.keep(startAgent({ home: join(scene.dir(), "home"), ...options })),
  };
  return scene;
}
