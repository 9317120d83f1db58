/** The commands over what was measured, as an operator types them. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSampleHistory } from "../report/sample-history.ts";
import { nsomem, plainEnvironment, run } from "./binary.ts";

const startMs = Date.parse("2025-11-23T13:09:51Z");
const dir = mkdtempSync(join(tmpdir(), "nsomem-graph-"));
const home = join(dir, "home");
const utc = { env: { TZ: "UTC" } };
/** As plot.sh leaves them: two ticks over midnight. */
const data = join(dir, "data");

beforeAll(() => {
  mkdirSync(home);
  writeSampleHistory(join(home, "history.db"), { startMs, ticks: 900, vms: 2 });
});
beforeAll(() => {
  mkdirSync(join(data, "ncs.smp"), { recursive: true });
  const line = (time: string, rssKib: number) =>
    `${time} ${rssKib} 57252 8115420 12342048 14078960 24684096 8571\n`;
  writeFileSync(join(data, "ncs.smp/mem_ncs.smp.log"), line("23:59:59", 42244) + line("00:00:00", 42300));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe("graph", () => {
  test("draws the last run into the home, says what it shows, and ends with where it is", async () => {
    const { exitCode, stdout, stderr } = await run(["graph", "--home", home]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toStartWith("OK       Physical memory stayed within its limits");
    expect(stdout).toContain("Python VM service-2 had 1 child process holding 96.0 MiB of RSS");
    expect(lines.at(-1)).toBe(
      `Graphs: 9 pictures as PNG and SVG below ${home}/graphs, report: ${home}/graphs/report.html`,
    );
    expect(existsSync(join(home, "graphs/compare/mem-graph-compare-rss-noMemTotal.png"))).toBe(true);
  });

  test("needs neither HOME nor PATH nor fonts", async () => {
    const child = Bun.spawn([nsomem, "graph", "--home", home, "--out", join(dir, "bare")], {
      env: {},
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(await child.exited).toBe(0);
    expect(readFileSync(join(dir, "bare/ncs.smp/mem_ncs.smp.png")).length).toBeGreaterThan(10_000);
  });

  test("of a stand-alone tool's data directory, dated by --date", async () => {
    const { exitCode, stdout } = await run(
      ["graph", "--data", data, "--date", "2026-01-13", "--out", join(dir, "old")],
      utc,
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "left out: NcsJVMLauncher/mem_NcsJVMLauncher (a JavaVM was never seen between the two times)",
    );
    expect(readFileSync(join(dir, "old/ncs.smp/mem_ncs.smp.svg"), "utf8")).toContain(
      "Tue 13 Jan 2026 23:59:59 – Wed 14 Jan 2026 00:00:00 (UTC)",
    );
  });

  test("--verbose has the statistics of those files, each sentence once, and the pictures as well", async () => {
    const { exitCode, stdout } = await run(
      ["graph", "--data", data, "--date", "2026-01-13", "--out", join(dir, "old"), "--verbose"],
      utc,
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Kurtosis error");
    expect(stdout.split("Physical memory stayed within its limits")).toHaveLength(2);
    expect(stdout.trimEnd().split("\n").at(-1)).toStartWith("Graphs: ");
  });

  test.each<[string, string[], number, string]>([
    ["a day without files", ["graph", "--home", home, "--date", "2026-01-13"], 2, "it needs --data DIR"],
    [
      "a window of files",
      ["stats", "--data", data, "--since", "2h"],
      2,
      "data files (--data) are read whole",
    ],
    ["no history", ["graph", "--home", "/nonexistent"], 1, "no history at /nonexistent/history.db"],
    ["rubbish for a time", ["graph", "--home", home, "--since", "soon"], 2, '--since takes "2h"'],
    [
      "an end before its start",
      ["graph", "--home", home, "--since", "1h", "--until", "2h"],
      2,
      "is not before --until",
    ],
    [
      "a window with nothing in it",
      ["graph", "--home", home, "--since", "2020-01-01", "--until", "2020-01-02"],
      1,
      "it has 2025-11-23T13:09:51",
    ],
    [
      "rubbish for a day",
      ["graph", "--data", home, "--date", "yesterday"],
      2,
      '--date takes a day like "2026-01-13"',
    ],
    ["a directory without data files", ["graph", "--data", home], 1, "no data files below"],
    ["an unknown flag", ["graph", "--sinse", "2h"], 2, "did you mean --since?"],
  ])("says what is wrong: %s", async (_, words, code, message) => {
    const { exitCode, stderr } = await run(words, utc);
    expect(exitCode).toBe(code);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("a damaged history is said in one line and left as it is", async () => {
    const broken = join(dir, "broken");
    mkdirSync(broken);
    writeFileSync(join(broken, "history.db"), "this is no database".repeat(300));
    const { exitCode, stderr } = await run(["graph", "--home", broken]);
    expect(exitCode).toBe(1);
    expect(stderr).toStartWith(`nsomem: cannot read ${broken}/history.db: `);
    expect(readdirSync(broken)).toEqual(["history.db"]);
  });
});

describe("stats", () => {
  test("--json is a document with every series", async () => {
    const { exitCode, stdout } = await run(["stats", "--json", "--home", home], utc);
    expect(exitCode).toBe(0);
    const { series, recommendation, ticks } = JSON.parse(stdout);
    expect(ticks).toBe(900);
    expect(series).toHaveLength(13);
    expect(recommendation.multiprocessing[0].vm).toBe("service-2");
  });

  test("of a stand-alone tool's data files", async () => {
    const { exitCode, stdout, stderr } = await run(
      ["stats", "--data", data, "--date", "2026-01-13", "--json"],
      utc,
    );
    expect(exitCode).toBe(0);
    // What the files gave is on standard error, so that standard output is a document.
    expect(stderr).toContain("mem_ncs.smp.log: 2 measurements");
    const { series, ticks } = JSON.parse(stdout);
    expect(ticks).toBe(2);
    expect(series).toContainEqual(
      expect.objectContaining({ what: "RSS", mean_kib: 42272, standard_deviation_kib: 28, sum_kib: 84544 }),
    );
  });

  test("-v has the original's figures", async () => {
    const { stdout } = await run(["stats", "-v", "--home", home]);
    for (const figure of ["Skewness", "Kurtosis error", "Sum of squares", "Lower quartile", "Index of max"])
      expect(stdout).toContain(figure);
  });
});

describe("export and import", () => {
  test("csv into a pipe whose reader goes away: silence", async () => {
    const child = Bun.spawn(["sh", "-c", `"${nsomem}" export --home "${home}" | head -1`], {
      env: plainEnvironment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(await child.stdout.text()).toStartWith("time,MemUsed,");
    expect(await child.stderr.text()).toBe("");
  });

  test("json whole into a pipe", async () => {
    const { stdout } = await run(["export", "--format", "json", "--home", home]);
    expect(JSON.parse(stdout).host.rows).toHaveLength(900);
  });

  test("plot files of one home are the history of another", async () => {
    const out = join(dir, "plot");
    const other = join(dir, "other");
    const exported = await run(["export", "--format", "plot", "--home", home, "--out", out], utc);
    const files = exported.stdout.trimEnd().split("\n");
    expect(files).toHaveLength(5);
    const imported = await run(["import", ...files, "--date", "2025-11-23", "--home", other], utc);
    expect(imported.stderr).toBe("");
    expect(imported.stdout).toContain(
      "Imported 2025-11-23T13:09:51.000+00:00 to 2025-11-23T13:24:50.000+00:00",
    );
    const [before, after] = await Promise.all(
      [home, other].map(async (one) =>
        JSON.parse((await run(["stats", "--json", "--home", one], utc)).stdout),
      ),
    );
    const maxima = ({ series }: { series: { label: string; what: string; maximum: { kib: number } }[] }) =>
      series.map(({ label, what, maximum }) => [label, what, maximum.kib]);
    expect(maxima(after)).toEqual(maxima(before));
  });

  test("what is neither is refused; so is an unknown format", async () => {
    const letter = join(dir, "letter.txt");
    writeFileSync(letter, "Dear Sir or Madam");
    expect((await run(["import", letter, "--home", join(dir, "none")])).stderr).toContain(
      "neither a data file",
    );
    expect(existsSync(join(dir, "none"))).toBe(false);
    const unknown = await run(["export", "--format", "xml", "--home", home]);
    expect([unknown.exitCode, unknown.stderr.trimEnd()]).toEqual([
      2,
      'nsomem: --format takes csv, json, plot, not "xml"',
    ]);
  });
});

test("licenses names what is inside, MPL-2.0 among it", async () => {
  const { exitCode, stdout } = await run(["licenses"]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("@resvg/resvg-wasm 2.6.2 (MPL-2.0), source: https://github.com/yisibl/resvg-js");
});
