/**
 * What a cgroup has left, as nsomem says it, against what can really be had of it before the OOM killer comes: a group
 * full of what the kernel charges to it, in each state (facts 2.8).
 */

import { afterEach, describe, expect } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { readCgroup } from "../../src/linux/cgroup.ts";
import { createMemoryCgroup, type MemoryCgroup, memoryCgroupMissing } from "./memory-cgroup.ts";
import { testUnless } from "./missing.ts";
import { nativeMissing, nativeProgram } from "./native.ts";
import { type Part, startPart, until } from "./part.ts";

const missing = memoryCgroupMissing() ?? nativeMissing;
const limitMib = 256;
const filledMib = 200;
/** "The error stays within 3 % of the limit, on the unsafe side never." */
const errorMibMax = 0.03 * limitMib;
/** What the measurement itself cannot tell: each CPU holds up to 64 pages that are charged and not used yet. */
const blurMib = (2 * cpus().length * 64 * 4) / 1024;

// On a disk: where /tmp is a tmpfs, nothing in it is page cache.
const cacheDir = join(import.meta.dir, "../../.cache");
const stops: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

function scratch(parent: string): string {
  mkdirSync(parent, { recursive: true });
  const dir = mkdtempSync(join(parent, "nsomem-headroom-"));
  stops.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function makeGroup(): MemoryCgroup {
  const cgroup = createMemoryCgroup({ limitMib });
  stops.push(cgroup.remove);
  return cgroup;
}

/** Starts it in the group. */
function hoard(cgroup: MemoryCgroup | undefined, ...words: string[]): Part {
  const part = startPart({ command: [nativeProgram("hoarder"), ...words] });
  stops.push(part.stop);
  cgroup?.add(part.pid);
  part.say("go");
  return part;
}

async function done(part: Part): Promise<void> {
  expect(await part.line(60_000)).toBe("done");
  await part.exited;
}

/** A file of clean pages, none of them in the page cache of any group: it is read into that of the group afterwards. */
async function cleanFile(): Promise<string> {
  const path = join(scratch(cacheDir), "file");
  await done(hoard(undefined, "write", path, String(filledMib)));
  const dropped = Bun.spawnSync(["dd", `of=${path}`, "oflag=nocache", "conv=notrunc,fdatasync", "count=0"]);
  expect(dropped.success).toBe(true);
  return path;
}

/** What nsomem says is left. */
function availableMib({ dir, version }: MemoryCgroup): number {
  const [ceiling] = readCgroup({ dir, path: "/", version }).ceilings;
  if (!ceiling) throw new Error(`${dir} has no limit`);
  return (ceiling.limitKib - ceiling.usedKib) / 1024;
}

/** What can be had of it: takes memory until the OOM killer comes. */
async function takeAllMib(cgroup: MemoryCgroup): Promise<number> {
  const eater = hoard(cgroup, "eat", String(4 * limitMib));
  let kib = 0;
  try {
    for (;;) kib = Number(await eater.line(60_000));
  } catch {
    expect(await eater.exited).toMatchObject({ signal: "SIGKILL" });
  }
  expect(cgroup.oomKills()).toBeGreaterThanOrEqual(1);
  return kib / 1024;
}

/** How much the taking process needs for itself: what cannot be had of an empty group. */
let ownMib: Promise<number> | undefined;
async function measureOwn(): Promise<number> {
  const cgroup = makeGroup();
  return availableMib(cgroup) - (await takeAllMib(cgroup));
}

/** In MiB; above 0 more is said to be left than there is. */
async function errorOf(cgroup: MemoryCgroup, what: string): Promise<number> {
  await Bun.sleep(2100); // the kernel adds up memory.stat every 2 s
  const saidMib = availableMib(cgroup);
  const hadMib = (await takeAllMib(cgroup)) + (await (ownMib ?? 0));
  const error = saidMib - hadMib;
  const percent = ((100 * error) / limitMib).toFixed(2);
  console.log(
    `${what}: ${saidMib.toFixed(1)} MiB said, ${hadMib.toFixed(1)} MiB had, ${percent} % of the limit`,
  );
  return error;
}

const states: Record<string, (cgroup: MemoryCgroup) => Promise<unknown>> = {
  "page cache that was read once": async (cgroup) => done(hoard(cgroup, "read", await cleanFile(), "1")),
  "page cache that is active": async (cgroup) => done(hoard(cgroup, "read", await cleanFile(), "4")),
  "page cache that is mapped, and read on": async (cgroup) =>
    expect(await hoard(cgroup, "map", await cleanFile()).line(60_000)).toBe("held"),
  "files on a tmpfs": (cgroup) =>
    done(hoard(cgroup, "write", join(scratch("/dev/shm"), "file"), String(filledMib))),
  "cache, a tmpfs and slab together": async (cgroup) => {
    await done(hoard(cgroup, "write", join(scratch("/dev/shm"), "file"), "60"));
    await done(hoard(cgroup, "names", scratch(cacheDir), "4000"));
    await done(hoard(cgroup, "read", await cleanFile(), "2"));
  },
};

describe(`of a cgroup of ${limitMib} MiB with ${filledMib} MiB in it`, () => {
  for (const [what, fill] of Object.entries(states))
    testUnless(
      missing,
      `${what}: what is said to be left can be had, and no more than 3 % beyond it`,
      async () => {
        ownMib ??= measureOwn();
        await ownMib;
        const cgroup = makeGroup();
        await fill(cgroup);
        const error = await errorOf(cgroup, what);
        expect(error).toBeLessThanOrEqual(blurMib);
        expect(error).toBeGreaterThanOrEqual(-errorMibMax);
      },
      60_000,
    );

  testUnless(
    missing,
    "dirty page cache counts as used until it is written, and as available then",
    async () => {
      ownMib ??= measureOwn();
      await ownMib;
      const cgroup = makeGroup();
      const path = join(scratch(cacheDir), "file");
      await done(hoard(cgroup, "write", path, String(filledMib)));
      // Some of it may have been written already.
      const dirtyMib = availableMib(cgroup);
      expect(dirtyMib).toBeLessThan(limitMib);
      expect(Bun.spawnSync(["sync", path]).success).toBe(true);
      await until("the pages to be clean", () => availableMib(cgroup) > limitMib - filledMib / 2);
      const error = await errorOf(cgroup, "dirty cache, written");
      expect(error).toBeLessThanOrEqual(blurMib);
      expect(error).toBeGreaterThanOrEqual(-errorMibMax);
    },
    60_000,
  );

  testUnless(
    missing,
    "reclaimable slab is available in version 2; version 1 does not say it, and it counts as used",
    async () => {
      ownMib ??= measureOwn();
      await ownMib;
      const cgroup = makeGroup();
      await done(hoard(cgroup, "names", scratch(cacheDir), "100000"));
      const usedMib = cgroup.usedMib();
      expect(usedMib).toBeGreaterThan(10);
      const error = await errorOf(cgroup, `slab of ${usedMib.toFixed(0)} MiB`);
      expect(error).toBeLessThanOrEqual(blurMib);
      expect(error).toBeGreaterThanOrEqual(-errorMibMax - (cgroup.version === 1 ? usedMib : 0));
    },
    60_000,
  );
});
