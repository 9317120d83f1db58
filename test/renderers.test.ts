/** Hostile texts through each renderer there is: nothing that a terminal obeys or hides, and no HTML or Markdown, is left. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markdownText } from "../src/bundle/markdown-text.ts";
import { summaryPage } from "../src/bundle/summary-page.ts";
import { checkArguments } from "../src/cli/arguments.ts";
import { dispatch } from "../src/cli/dispatch.ts";
import { incidentPage, incidentRows, incidentTable } from "../src/cli/incident-table.ts";
import { readConfig } from "../src/configuration/read.ts";
import { describeStep } from "../src/core/describe-step.ts";
import { summariseIncident } from "../src/core/incident.ts";
import { formatStep } from "../src/core/incident-step.ts";
import { parseLine } from "../src/core/line.ts";
import { classify } from "../src/core/nso.ts";
import type { Recording } from "../src/core/recording.ts";
import { rescueOf } from "../src/core/rescue.ts";
import type { Status } from "../src/core/status.ts";
import { type DumpSummary, parseDumpSummary } from "../src/dump/summary.ts";
import { summaryText } from "../src/dump/summary-text.ts";
import { csvOf, jsonOf } from "../src/record/export.ts";
import { openHistory } from "../src/record/history.ts";
import { readIncident } from "../src/record/incident-log.ts";
import { openJournal } from "../src/record/journal.ts";
import { createLane, createLanes } from "../src/record/lane.ts";
import { plotFilesOf } from "../src/record/plot-files.ts";
import { readHistory } from "../src/record/read-history.ts";
import { readStatus, statusFileAt } from "../src/record/status-file.ts";
import { renderPage } from "../src/report/page/page.ts";
import { picturesOf } from "../src/report/picture/pictures.ts";
import { renderSvg } from "../src/report/picture/svg.ts";
import { zoneFor } from "../src/report/series/zone.ts";
import { analyse } from "../src/report/statistics/analysis.ts";
import { statisticsText } from "../src/report/statistics/text.ts";
import { colours } from "../src/ui/colour.ts";
import { glancePage } from "../src/ui/glance.ts";
import { rendered } from "../src/ui/print.ts";
import { statusLine } from "../src/ui/status-line.ts";
import { statusPage } from "../src/ui/status-page.ts";
import { vmArgv } from "./core/command-lines.ts";
import { hidden, hostileTexts } from "./core/hostile-texts.ts";
import { madeUpSummary } from "./dump/made-up-summary.ts";
import { clockOf } from "./fake-clock.ts";
import { meta, sampleRecording } from "./report/sample.ts";
import { standingOf, terminalOf } from "./ui/recorded-standing.ts";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-renderers-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const startMs = Date.parse("2026-11-23T12:00:00Z");
const html = /<(?:img|script>alert|svg\/)/;

/** A status document in which `text` stands wherever a text may stand. */
function statusOf(text: string): Status {
  const memory = { used_kib: 1, limit_kib: 2, percent: 50, warning_percent: 90, critical_percent: 95 };
  return {
    schema: 1,
    running: true,
    pid: 1,
    since: text,
    updated: text,
    version: text,
    overcommit_mode: 2,
    dry_run: true,
    nso: { pid: 2, name: text, conffile: text },
    memory: { physical: { ...memory, level: "critical", ceiling: text, enforced: true } },
    processes: [
      { group: "pythonvm", name: text, pid: 3, rss_kib: 4, allocated_kib: 5, children: [] },
      { group: "core", name: text, pid: 4, rss_kib: 4, allocated_kib: 5 },
    ],
    configuration: { file: text, loaded: text, last_reload: { at: text, accepted: false, message: text } },
    tool: { state: "running", pid: null, restarts: 0, malformed_lines: 0, source: "in-process" },
    actions: [
      {
        at: text,
        kind: "physical",
        level: "critical",
        rule: text,
        incident: text,
        action: text,
        outcome: "failed",
        message: text,
        files: [text],
      },
    ],
    crash_dump: { outlook: "doubtful", path: text, room_kib: 1, need_kib: null, doubts: [text] },
    problems: [text],
  };
}

/** An incident on disk whose every fact is `text`. */
function incidentOf(text: string) {
  const incidents = join(dir, "incidents");
  const id = "20261123T120000-000-physical";
  mkdirSync(join(incidents, id), { recursive: true });
  const vm = { pid: 1, startTicks: 2, group: text, name: text, sent: text, ended: true };
  const outcome = { outcome: "failed" as const, message: text, files: [text] };
  const reading = {
    kind: "physical",
    level: "critical",
    usedKib: 1,
    limitKib: 2,
    thresholdPercent: 95,
    ceiling: text,
    atMs: 1,
    source: text,
  } as const;
  const critical = { rule: text, reading, pid: 1, startTicks: 2, bootId: text, argv: [text], places: [text] };
  const steps = [
    formatStep(startMs, { step: "critical", ...critical, alike: false, prospect: null }),
    formatStep(startMs, { step: "moved-aside", from: text, to: text }),
    formatStep(startMs, { step: "signal-withheld", reason: text }),
    formatStep(startMs, { step: "shed", family: [vm] }),
    formatStep(startMs, { step: "oom-kill", line: text }),
    formatStep(startMs, { step: "debug-dump-ended", ...outcome }),
    formatStep(startMs, { step: "callback-ended", file: text, ...outcome }),
    formatStep(startMs, {
      step: "victim",
      isNso: true,
      sentence: text,
      ranking: [],
      complete: true,
      growth: [],
      grew: text,
    }),
    formatStep(startMs, {
      step: "verdict",
      word: "cut",
      message: text,
      dump: { path: text, bytes: 1, ending: "cut" },
    }),
    JSON.stringify({ at: new Date(startMs).toISOString(), step: text, [text]: text, message: text }),
  ];
  writeFileSync(join(incidents, id, "incident.jsonl"), `${steps.join("\n")}\n`);
  const incident = readIncident(incidents, id);
  if (!incident) throw new Error("no incident");
  return {
    incidents,
    incident,
    summary: summariseIncident(id, incident.steps),
    record: steps.slice(0, -1).join("\n"),
  };
}

/** A history that was written with `text` as it came, and read back. */
function recordingOf(text: string): Recording {
  const path = join(dir, "history.db");
  rmSync(path, { force: true });
  const history = openHistory({
    path,
    meta: { ...meta, hostname: text, kernel: text },
    retention: { ageMs: 1e12, bytesMax: 1e9 },
    onProblem: (problem) => {
      throw new Error(problem);
    },
    clock: clockOf(() => startMs + 2000),
  });
  for (const atMs of [startMs, startMs + 1000]) {
    const host = {
      atMs,
      memUsedKib: 90,
      memTotalKib: 100,
      committedKib: 1,
      commitLimitKib: 2,
      overcommitMode: 2,
    };
    const process = { pid: 7, rssKib: 10, allocatedKib: 20, children: [], atMs };
    const processes = [
      { ...process, group: "core" as const, name: text },
      { ...process, group: "pythonvm" as const, name: text },
    ];
    history.recordTick({ host, processes });
  }
  history.recordEvent({
    atMs: startMs,
    type: "action",
    kind: "physical",
    level: "critical",
    text,
    incidentId: text,
  });
  history.close();
  return readHistory(path, { sinceMs: startMs - 1000, untilMs: startMs + 5000 });
}

/** The message with which `run` refuses. */
async function refusal(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error("nothing was refused");
}

describe.each(hostileTexts)("$what", ({ text }) => {
  test("is no part of a name, whether the agent or the tool found it", () => {
    const name = classify(vmArgv(text))?.name ?? "";
    expect(name).not.toBe("");
    expect(name).not.toMatch(hidden);
    const line = `[SAMPLE] group=pythonvm pid=1 rss_kib=1 allocated_kib=1 children= name=${text.replaceAll(/[\0-\x1f\x7f]/g, "")}`;
    expect(JSON.stringify(parseLine(line.slice(0, 4096), { latestMs: 0 }))).not.toMatch(hidden);
  });

  test("is not on the status page, nor in the status line, in colour or without", async () => {
    const path = join(dir, "status.json");
    const file = statusFileAt(path, createLane());
    file.write(statusOf(text));
    expect(await file.settle(5000)).toBe(true);
    expect(readFileSync(path, "utf8")).not.toMatch(hidden);
    const status = readStatus(path);
    if (!status) throw new Error("no status");
    const { incident, summary } = incidentOf(text);
    const rescue = rescueOf(incident, summary);
    for (const document of [status, statusOf(text)]) {
      const standing = { ...standingOf({ status: document }), rescue, isDumping: false, nowMs: startMs };
      const terminal = (isColoured: boolean) => ({ ...terminalOf(80), colour: colours(isColoured) });
      const page = rendered(statusPage(standing, terminal(false)));
      expect(page).not.toMatch(hidden);
      expect(rendered(statusPage({ ...standing, agentPid: undefined }, terminal(false)))).not.toMatch(hidden);
      expect(rendered(glancePage(standing, terminal(false)))).not.toMatch(hidden);
      expect(rendered(statusLine(document, { colour: colours(false), columns: 200 }))).not.toMatch(hidden);
      const coloured = rendered(statusPage(standing, terminal(true)));
      expect(coloured.replaceAll(/\x1b\[(?:1|2|22|3[1236]|39)m/g, "")).toBe(page);
    }
  });

  test("is not in an incident's steps, its page, the table of all and its record", () => {
    const { incidents, incident, summary, record } = incidentOf(text);
    for (const step of incident.steps) expect(describeStep(step)).not.toMatch(/\n/);
    expect(rendered(incidentPage({ incident, summary, dump: dumpOf(text) }))).not.toMatch(hidden);
    expect(incidentTable(incidentRows(incidents))).not.toMatch(hidden);
    expect(incidentTable(incidentRows(incidents)).split("\n")).toHaveLength(2);
    expect(record).not.toMatch(hidden);
  });

  test("is not in the summary of a crash dump", () => {
    expect(summaryText(dumpOf(text))).not.toMatch(hidden);
  });

  test("is plain text in SUMMARY.md", () => {
    const { incident, summary } = incidentOf(text);
    const files = [{ name: text, text: "" }];
    const missing = [{ what: text, why: text }];
    const page = summaryPage({
      incident,
      summary,
      files,
      missing,
      redact: true,
      nowMs: startMs,
      version: "1",
      host: text,
      nsoVersion: text,
      dump: dumpOf(text),
    });
    expect(page).not.toMatch(hidden);
    expect(page).not.toMatch(html);
    expect(page).not.toMatch(/(?<!\\)\[[^\]]*\]\(/);
    // As many lines as a harmless one.
    expect(page.split("\n").length).toBeLessThan(70);
  });

  test("is not in the logs, where it is no line of its own", async () => {
    const logs = join(dir, "logs");
    rmSync(logs, { recursive: true, force: true });
    const file = (name: string) => join(logs, name);
    const names = { monitorLog: "m.log", actionLog: "a.log", decisionsLog: "d.log", agentLog: "g.log" };
    const paths = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, file(name)]));
    const journal = openJournal(paths as never, { lanes: createLanes(), wallMs: () => startMs }, () => {});
    journal.action(text);
    journal.decision(text);
    journal.monitor(text);
    expect(await journal.close(5000)).toBe(true);
    for (const name of Object.values(names)) {
      const log = readFileSync(file(name), "utf8");
      expect(log).not.toMatch(hidden);
      expect(log.split("\n").filter((line) => !/^ {4}|^$/.test(line))).toHaveLength(1);
    }
  });

  test("is not in statistics, CSV and JSON; JSON keeps it", () => {
    const recording = recordingOf(text);
    expect(statisticsText(recording, analyse(recording), { verbose: true, width: 100 })).not.toMatch(hidden);
    const csv = [...csvOf(recording)].join("");
    expect(csv).not.toMatch(hidden);
    expect(csv.trimEnd().split("\n")).toHaveLength(3);
    const json = [...jsonOf(recording)].join("");
    expect(json).not.toMatch(hidden);
    expect(JSON.parse(json).runs[0].meta.hostname).toBe(text);
  });

  test("is text in the pictures and in report.html", async () => {
    const recording = recordingOf(text);
    const analysis = analyse(recording);
    const page = (await renderPage(recording, analysis, { version: "1", drawnMs: startMs })).join("");
    // Styles and script are ours, the samples base64.
    const own = page.replaceAll(/<style>[\s\S]*?<\/style>|<script type="module">[\s\S]*?<\/script>/g, "");
    expect(own).not.toMatch(hidden);
    expect(own).not.toMatch(html);
    const { pictures } = picturesOf(recording, analysis.subjects);
    expect(pictures.length).toBeGreaterThan(1);
    for (const picture of pictures) {
      expect(picture.file).toMatch(/^[\w.+@/-]{1,230}$/);
      expect(picture.file.split("/")).not.toContain("..");
      const svg = renderSvg(picture, { zone: zoneFor(meta), source: text });
      expect(svg).not.toMatch(hidden);
      expect(svg).not.toMatch(html);
    }
    for (const { path } of plotFilesOf(recording)) {
      expect(path).toMatch(/^[\w.+@/-]{1,230}$/);
      expect(path.split("/")).toHaveLength(2);
    }
  });

  test("is not in a complaint about the configuration or the command line", async () => {
    const file = join(dir, "hostile.toml");
    writeFileSync(
      file,
      `[physical]\n${JSON.stringify(text)} = 1\nwarning_percent = ${JSON.stringify(text)}\n`,
    );
    expect(await refusal(() => readConfig(file, { required: true }))).not.toMatch(hidden);
    writeFileSync(file, `[physical]\n# ${text}\nx = ${text}`);
    const said = await refusal(() => readConfig(file, { required: true }));
    expect(said).not.toMatch(hidden);
    expect(said.length).toBeLessThan(2000);
    expect(await refusal(() => dispatch([text]))).not.toMatch(/\n/);
    expect(await refusal(() => dispatch([text]))).not.toMatch(hidden);
    expect(await refusal(() => checkArguments("nsomem x", [text], {}))).not.toMatch(hidden);
    expect(await refusal(() => checkArguments("nsomem x", [`--${text}`], {}))).not.toMatch(hidden);
  });
});

/** A summary of a crash dump with `text` in the place of every name, as it is read back from its file. */
function dumpOf(text: string): DumpSummary {
  const { code_names: _, ...summary } = madeUpSummary();
  const hostile = JSON.stringify(summary, (_key, value) => (value === "event_sink" ? text : value));
  const dump = parseDumpSummary(JSON.stringify({ ...JSON.parse(hostile), slogan: text, code_names: [] }));
  if (!dump) throw new Error("no summary");
  return dump;
}

describe("what is printed", () => {
  test("has the colours that we gave it, and none that came with a text", () => {
    const colour = colours(true);
    expect(rendered(colour.bold(colour.red("\x1b[32mx")))).toBe("\x1b[1m\x1b[31m\\x1b[32mx\x1b[39m\x1b[22m");
    expect(rendered("\x1b[31mx\x1b[39m")).toBe("\\x1b[31mx\\x1b[39m");
  });

  test("a VM that is called as a total, or as another, has a file of its own", () => {
    const vms = ["total", "a/b", "a_b", "x".repeat(300)];
    const files = plotFilesOf(sampleRecording({ startMs, ticks: 1, vms })).map(({ path }) => path);
    expect(files.slice(2)).toEqual([
      "python3/mem_total_2.log",
      "python3/mem_a_b.log",
      "python3/mem_a_b_2.log",
      `python3/mem_${"x".repeat(200)}.log`,
      "python3/mem_total.log",
    ]);
  });
});

describe("Markdown", () => {
  test.each([
    ["[x](http://y)", "\\[x\\](http://y)"],
    ["<b>", "&lt;b&gt;"],
    ["&lt;", "&amp;lt;"],
    ["a`b`*c*|d~e", "a\\`b\\`\\*c\\*\\|d\\~e"],
    ["\\<b>", "\\\\&lt;b&gt;"],
    ["x\\", "x\\\\"],
    ["_i_ mem_total", "\\_i\\_ mem_total"],
    ["\x1b[0m", "\\x1b\\[0m"],
    ["a\n# b", "a\\n# b"],
  ])("%j is written as %s", (text, expected) => expect(markdownText(text)).toBe(expected));

  test("paths stay as they are", () => {
    const path = "/var/opt/ncs/ncs_crash.dump.20261123-120000";
    expect(markdownText(path)).toBe(path);
  });
});
