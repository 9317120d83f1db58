/** The guest's disk, and memory images of it once it has booted: made once each, kept in .cache/host. */

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { missingCommand } from "../lab/missing.ts";
import { withDeadline } from "../lab/part.ts";
import { kernelLine, machine, startGuest } from "./guest.ts";
import { saveMemory } from "./qmp.ts";

export const cacheDir = join(import.meta.dir, "../../.cache/host");
const bootSecondsMax = 180;
/** What image.sh ends with where packages cannot be fetched (EX_TEMPFAIL). */
const notFetched = 75;

/** The directory with kernel, initrd and root disk, or why there can be none here. Throws where the recipe is wrong. */
export function guestImage(): { dir: string } | { missing: string } {
  const lacking = missingCommand("qemu-system-x86_64", "mmdebstrap", "mke2fs", "javac", "setpriv");
  if (lacking) return { missing: lacking };
  if (process.getuid?.() !== 0) return { missing: "the guest's image is made as root" };
  const dir = join(cacheDir, `image-${recipeHash()}`);
  if (existsSync(dir)) return { dir };
  mkdirSync(cacheDir, { recursive: true });
  for (const old of readdirSync(cacheDir).filter((name) => name.startsWith("image-")))
    rmSync(join(cacheDir, old), { recursive: true });
  console.log("host lab: making the guest's image, about a minute");
  const partial = mkdtempSync(join(cacheDir, "partial-"));
  try {
    const made = Bun.spawnSync(["bash", join(import.meta.dir, "image.sh"), partial], {
      stdio: [null, "pipe", "pipe"],
    });
    const said = `${made.stdout}${made.stderr}`.trim();
    if (made.exitCode === notFetched)
      return { missing: `Debian's packages cannot be fetched: ${said.split("\n").at(-1)}` };
    if (!made.success) throw new Error(`image.sh ended with ${made.exitCode}:\n${said}`);
    writeFileSync(join(partial, "empty.img"), "");
    truncateSync(join(partial, "empty.img"), payloadBytes);
    renameSync(partial, dir);
    return { dir };
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** The guest remembers how large the payload's disk was: they all have this size, of which holes take no room. */
export const payloadBytes = 320 * 2 ** 20;

function recipeHash(): string {
  const hash = new Bun.CryptoHasher("sha256");
  const guestDir = join(import.meta.dir, "guest");
  const labDir = join(import.meta.dir, "../lab");
  const files = [
    join(import.meta.dir, "image.sh"),
    ...readdirSync(guestDir)
      .sort()
      .map((name) => join(guestDir, name)),
    ...["lab_core.erl", "startup.py", "NcsJVMLauncher.java"].map((name) => join(labDir, name)),
  ];
  for (const file of files) hash.update(readFileSync(file));
  hash.update([...machine(0), kernelLine].join(" "));
  // The guest has found out how fast this host's TSC is.
  hash.update(/^model name.*$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[0] ?? "");
  hash.update(Bun.spawnSync(["qemu-system-x86_64", "--version"]).stdout.toString());
  return hash.digest("hex").slice(0, 12);
}

/** A guest of that size that has booted and waits for its scenario: its memory and its disk. */
export interface Booted {
  memory: string;
  disk: string;
}

/** From the cache, else by a boot of 12 s. Throws with the end of its console where the guest does not come up. */
export async function bootedGuest(imageDir: string, memoryMib: number): Promise<Booted> {
  const booted = { memory: join(imageDir, `memory-${memoryMib}`), disk: join(imageDir, `disk-${memoryMib}`) };
  if (existsSync(booted.memory)) return booted;
  const work = mkdtempSync(join(cacheDir, "boot-"));
  const [disk, memory, monitor] = [join(work, "disk"), join(work, "memory"), join(work, "monitor")];
  const consoleFile = join(imageDir, `boot-${memoryMib}.log`);
  // Bun copies 4 GiB of holes as such: by FICLONE or copy_file_range.
  copyFileSync(join(imageDir, "root.img"), disk);
  const guest = startGuest({
    imageDir,
    memoryMib,
    disk,
    forgets: false,
    reboots: false,
    consoleFile,
    monitor,
  });
  try {
    const line = await withDeadline(guest.line(), bootSecondsMax * 1000, "the guest to boot");
    if (line !== "ready") throw new Error("the guest ended");
    await saveMemory(monitor, memory);
    await guest.exited;
    renameSync(disk, booted.disk);
    renameSync(memory, booted.memory);
    return booted;
  } catch (error) {
    throw new Error(`${error}; its console:\n${readFileSync(consoleFile, "utf8").slice(-3000)}`);
  } finally {
    await guest.stop();
    rmSync(work, { recursive: true, force: true });
  }
}
