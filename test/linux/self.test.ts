import { describe, expect, test } from "bun:test";
import { childEnv, clampedEnv } from "../../src/linux/self.ts";

describe("the environment of a long-lived process", () => {
  const env = {
    PATH: "/bin",
    NCS_IPC_PORT: "4569",
    NSOMEM_PROC: "/x",
    BUN_OPTIONS: "--preload evil.ts",
    BUN_INSPECT: "1",
    NODE_OPTIONS: "-r evil",
    LD_PRELOAD: "evil.so",
    BUN_JSC_structureHeapSizeInKB: "1",
  };

  test("is clamped, and without what would act on it", () => {
    const kept = clampedEnv(env);
    expect(kept.PATH).toBe("/bin");
    expect(kept.NCS_IPC_PORT).toBe("4569");
    expect(kept.NSOMEM_PROC).toBe("/x");
    expect(kept.BUN_JSC_structureHeapSizeInKB).toBe("65536");
    for (const name of ["BUN_OPTIONS", "BUN_INSPECT", "NODE_OPTIONS", "LD_PRELOAD"])
      expect(kept).not.toHaveProperty(name);
  });

  test("has helpers for compiling and collecting where it is at work, and small reservations too", () => {
    const kept = clampedEnv(env, "at work");
    expect(kept.BUN_JSC_structureHeapSizeInKB).toBe("65536");
    expect(Object.keys(kept).filter((name) => /Concurrent|threshold|PURGE/.test(name))).toEqual([]);
    expect(clampedEnv(env).BUN_JSC_useConcurrentGC).toBe("false");
  });

  test("children get neither the clamp nor nsomem's own variables", () => {
    expect(childEnv(env)).toEqual({ PATH: "/bin", NCS_IPC_PORT: "4569" });
  });
});
