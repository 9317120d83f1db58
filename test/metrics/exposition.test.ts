import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { exposition } from "../../src/metrics/exposition.ts";
import { familiesOf } from "../../src/metrics/families.ts";
import { pythonVm, recordedStatus, snapshotOf } from "./recorded.ts";

const families = familiesOf(snapshotOf(recordedStatus()));

test("each series is once in the text, with its help and type, and without a time", async () => {
  const text = await exposition(families);
  const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  expect(new Set(series.map((line) => line.slice(0, line.lastIndexOf(" ")))).size).toBe(series.length);
  for (const line of series) expect(line).toMatch(/^nsomem_[a-z_]+(\{[^}]+\})? -?[\d.e+-]+$/);
  for (const { name, type } of families) expect(text).toContain(`# TYPE ${name} ${type}\n`);
});

test("OpenMetrics names counters without _total, ends in # EOF and has the same series", async () => {
  const text = await exposition(families, "openmetrics");
  expect(text).toEndWith("\n# EOF\n");
  expect(text).toContain("# TYPE nsomem_tool_restarts counter\nnsomem_tool_restarts_total 0\n");
  const series = (one: string) => one.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  expect(series(text)).toEqual(series(await exposition(families)));
});

test("a name from outside cannot end its label or begin a line", async () => {
  const processes = [pythonVm('a"} 1\nnsomem_up 0\n\\', 1)];
  const text = await exposition(familiesOf(snapshotOf(recordedStatus({ processes }))));
  expect(text).not.toContain("\nnsomem_up 0");
  expect(text).toContain('name="a\\"} 1\\\\nnsomem_up 0\\\\n\\\\"} 1024\n');
});

test("of several agents on a host each series says whose it is", async () => {
  const text = await exposition(families, "prometheus", { nso: "east" });
  expect(text).toContain('nsomem_up{nso="east"} 1\n');
  expect(text).toContain('nsomem_memory_level{kind="physical",ceiling="host",nso="east"} 0\n');
});

test("prom-client is loaded by nsomem metrics alone: an agent stays as small as it is", () => {
  const source = resolve(import.meta.dir, "../../src");
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".ts"),
  );
  const importing = (form: RegExp) =>
    files.filter((path) => form.test(readFileSync(join(source, path), "utf8")));
  expect(importing(/^import (?!type )[^;]*from "prom-client/m)).toEqual(["metrics/exposition.ts"]);
  expect(importing(/from "\S*\/(?:exposition|serve)\.ts"/).sort()).toEqual([
    "cli/metrics.ts",
    "metrics/serve.ts",
  ]);
  expect(importing(/\(?"\.{1,2}\/metrics\.ts"/)).toEqual(["cli/commands/monitoring.ts"]);
});
