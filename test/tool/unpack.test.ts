import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startToolProcess } from "../../src/tool/tool-process.ts";
import { removeLeftovers, toolWords, unpackTool, writeTool } from "../../src/tool/unpack.ts";

const dirs: string[] = [];
const runtimeDir = () => {
  const dir = mkdtempSync(join(tmpdir(), "unpack-"));
  dirs.push(dir);
  return dir;
};
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});

const source = readFileSync(join(import.meta.dir, "../../src/tool/plot.sh"), "utf8");

describe("unpacking the tool", () => {
  test("its directory is private and its name not predictable", () => {
    const parent = runtimeDir();
    const [one, two] = [unpackTool(parent), unpackTool(parent)];
    expect(statSync(one.dir).mode & 0o777).toBe(0o700);
    expect(one.dir).not.toBe(two.dir);
  });

  test("what bash will read is what was embedded", () => {
    expect(readFileSync(unpackTool(runtimeDir()).script, "utf8")).toBe(source);
  });

  test("removing takes the directory away", async () => {
    const tool = unpackTool(runtimeDir());
    await tool.remove();
    expect(existsSync(tool.dir)).toBe(false);
  });

  test("what killed agents left is removed, and nothing else", () => {
    const parent = runtimeDir();
    const left = unpackTool(parent);
    mkdirSync(join(parent, "incidents"));
    removeLeftovers(parent);
    expect(existsSync(left.dir)).toBe(false);
    expect(existsSync(join(parent, "incidents"))).toBe(true);
  });

  test("a directory that cannot be made is an error naming it", () => {
    const file = join(runtimeDir(), "file");
    writeFileSync(file, "");
    expect(() => writeTool(join(file, "tool"))).toThrow("cannot write the tool");
  });
});

describe("starting the tool", () => {
  const firstLine = async (words: ReturnType<typeof toolWords>) => {
    const first = Promise.withResolvers<string>();
    const env = { NSOMEM_WAIT_FD: "0", NSOMEM_WITHOUT_CORE: "stay", NSOMEM_DATA: "none" };
    const onComplaint = (line: string) => first.reject(new Error(line));
    const run = startToolProcess({ ...words, cwd: "/", env }, { onLine: first.resolve, onComplaint });
    const line = await first.promise;
    const argv = readFileSync(`/proc/${run.pid}/cmdline`, "utf8").split("\0");
    await run.close();
    return { line, argv };
  };

  test("needs its directory no more, and still has its name", async () => {
    const dir = runtimeDir();
    const unpacked = unpackTool(dir);
    rmSync(unpacked.dir, { recursive: true });
    const { line, argv } = await firstLine(toolWords("/bin/bash", unpacked));
    await unpacked.remove();
    expect(line).toMatch(/\[(TOOL|MONITOR VERBOSE)\]/);
    expect(argv).toContain(unpacked.script);
  });

  test("needs no file at all where none could be written", async () => {
    const { line, argv } = await firstLine(toolWords("/bin/bash", undefined));
    expect(line).toMatch(/\[(TOOL|MONITOR VERBOSE)\]/);
    expect(argv).toContain("plot.sh");
  });
});
