import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeLeftovers, unpackTool, writeTool } from "../../src/tool/unpack.ts";

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

  test("removing takes the directory away", () => {
    const tool = unpackTool(runtimeDir());
    tool.remove();
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
