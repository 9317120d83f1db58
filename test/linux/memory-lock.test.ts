import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { keepMappedCode, mappedCodeBytes } from "../../src/linux/memory-lock.ts";

test("code that runs once is given back, and what was mapped before stays", async () => {
  const before = mappedCodeBytes();
  const giveBack = keepMappedCode();
  if (before === undefined || giveBack === undefined)
    throw new Error("the kernel does not say what is mapped");
  // Nothing else of this process runs this.
  new Database(":memory:").query("SELECT json_group_array(value) FROM json_each('[1, 2]')").all();
  Bun.zstdCompressSync(new Uint8Array(100_000));
  new HTMLRewriter().on("a", {}).transform("<a>b</a>");
  new Intl.DateTimeFormat("th", { dateStyle: "full" }).format(0);
  new Bun.Transpiler({ loader: "tsx" }).transformSync("export const a: number = <b>{1}</b>;");
  Bun.TOML.parse('[a]\nb = "c"');
  await Bun.build({ entrypoints: ["/a.ts"], files: { "/a.ts": "export default 1" } });
  const grown = mappedCodeBytes() ?? 0;
  giveBack();
  const after = mappedCodeBytes() ?? 0;
  expect(grown - before).toBeGreaterThan(500_000);
  expect(grown - after).toBeGreaterThan(500_000);
  expect(after).toBeGreaterThanOrEqual(before);
});
