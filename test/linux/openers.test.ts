import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const sourceDir = resolve(import.meta.dir, "../../src");

/** Everything by which a file can be opened that is at a path. */
const openers =
  /^(open|openSync|openAsBlob|readFile|readFileSync|writeFile|writeFileSync|appendFile|appendFileSync|createReadStream|createWriteStream|copyFile|copyFileSync|cp|cpSync|truncate|truncateSync)$/;
const others = /\bBun\.(?:file|write)\(|\bnew Database\(|\bcall\.open\(/;

/** Who opens files past `linux/regular-file.ts`, `linux/private-file.ts` and `linux/replace-file.ts`, and why. */
const allowed: Readonly<Record<string, string>> = {
  // The door itself.
  "linux/file-work.ts": "the calls themselves; who makes them by `call.open` is found by that",
  "linux/regular-file.ts": "opens what others wrote, after a look",
  "linux/private-directory.ts": "opens directories alone",
  "linux/private-file.ts": "opens within a directory that is held",
  "linux/replace-file.ts": "makes files under a new name, O_EXCL",
  "linux/open-below.ts": "opens directories alone, O_NOFOLLOW",
  "linux/owned-file.ts": "opens directories alone, O_PATH and O_NOFOLLOW",
  "linux/passage.ts": "opens directories alone, O_NOFOLLOW",
  "linux/taken-file.ts": "with the door's flags and checks of its own: the file is another user's",
  "linux/lock-file.ts": "with the door's flags and its check; a lock is kept open",
  // The kernel's files, below directories that are root's.
  "linux/procfs.ts": "/proc",
  "linux/held-files.ts": "/proc and cgroups",
  "linux/spare-descriptor.ts": "/proc itself",
  "linux/page-size.ts": "/proc",
  "linux/silent-place.ts": "a program that is started next, after its check",
  "linux/memory-lock.ts": "/proc/self/exe, its own code",
  "linux/memory-high.ts": "cgroups, below our own mount",
  "linux/oom-score.ts": "/proc",
  "linux/process-memory.ts": "/proc",
  "linux/oom-evidence.ts": "/dev/kmsg, O_NONBLOCK",
  "linux/crash-dump-path.ts": "opens directories alone",
  // In the root of a JVM, whose user may put anything there.
  "rescue/evidence/jvm/attach-socket.ts": "opens directories, and a socket by O_PATH, O_NOFOLLOW",
  // SQLite takes a path.
  "record/store.ts": "after record/database-file.ts has looked",
  "record/read-only.ts": "after record/database-file.ts has looked",
  // Descriptors, not paths.
  "agent/daemon.ts": "Bun.file of a pipe",
  "rescue/own/callback-message.ts": "Bun.file of a pipe",
  "tool/unpack.ts": "writeFileSync into a descriptor",
  // Not on the host.
  "report/picture/png.ts": "files that the binary carries",
  "cli/licences/collect.ts": "runs when the binary is built",
  // In a directory of mkdtemp(3) that is the demo's own.
  "demo/stand-in.ts": "the stand-in for NSO writes its dump",
  "demo/stage.ts": "what the stand-in needs",
  "demo/account.ts": "the log of the demo's agent",
};

const found = (readdirSync(sourceDir, { recursive: true }) as string[])
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
  // Runs when a release is made, and is in no binary.
  .filter((path) => !path.startsWith("release/"))
  .filter((path) => opensFiles(readFileSync(join(sourceDir, path), "utf8")));

test("no file of the source opens files past the door, but for those with a reason", () => {
  expect(found.filter((path) => !(path in allowed))).toEqual([]);
});

test("no reason is left over", () => {
  expect(Object.keys(allowed).filter((path) => !found.includes(path))).toEqual([]);
});

test("an opener is found however it is imported", () => {
  expect(opensFiles('import { open } from "node:fs/promises";')).toBe(true);
  expect(opensFiles('import {\n  closeSync,\n  readFileSync as read,\n} from "node:fs";')).toBe(true);
  expect(opensFiles('import * as fs from "node:fs";')).toBe(true);
  expect(opensFiles('const { readFile } = await import("node:fs/promises");')).toBe(true);
  expect(opensFiles("await Bun.write(path, text)")).toBe(true);
  expect(opensFiles("yield* call.open(path, flags)")).toBe(true);
  expect(opensFiles('import { type FileHandle, stat } from "node:fs/promises";\n// Bun.file: not here')).toBe(
    false,
  );
});

function opensFiles(text: string): boolean {
  const code = text.replaceAll(/^\s*(?:\/\/|\*|\/\*\*).*$/gm, "");
  if (others.test(code)) return true;
  if (/(?:import\(|require\(|\* as \w+ from |import \w+ from )"(?:node:)?fs(?:\/promises)?"/.test(code))
    return true;
  return [...code.matchAll(/import \{([^}]*)\} from "(?:node:)?fs(?:\/promises)?"/g)].some(([, names = ""]) =>
    names.split(",").some((name) => openers.test(name.trim().split(" ")[0] ?? "")),
  );
}
