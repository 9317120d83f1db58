import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { licences } from "../../../src/cli/licences/licences.ts";
import type { Recording } from "../../../src/core/recording.ts";
import { renderPage } from "../../../src/report/page/page.ts";
import { analyse } from "../../../src/report/statistics/analysis.ts";
import { incidentRecording, sampleRecording } from "../sample.ts";

const startMs = Date.parse("2025-11-23T13:09:51Z");

async function pageOf(recording: Recording): Promise<string> {
  const drawing = { version: "0.1.0", drawnMs: startMs };
  return (await renderPage(recording, analyse(recording), drawing)).join("");
}

describe("report.html", () => {
  test("asks for nothing: no address, and a policy that forbids all but its own blocks", async () => {
    const page = await pageOf(incidentRecording());
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "";
    expect(policy).toStartWith("default-src 'none'; script-src 'sha256-");
    expect(policy).not.toContain("unsafe");
    const blocks = [...page.matchAll(/<(script|style)(?: type="module")?>([\s\S]*?)<\/\1>/g)];
    expect(blocks).toHaveLength(3);
    for (const [, , content = ""] of blocks)
      expect(policy).toContain(`'sha256-${createHash("sha256").update(content).digest("base64")}'`);
    expect(page).not.toMatch(/(?:src|href)=/);
    expect(page).not.toMatch(/ style="/);
  });

  test("names and texts from outside are text", async () => {
    const evil = '</script><img src=x onerror=alert(1)>"';
    const page = await pageOf(
      sampleRecording({
        startMs,
        ticks: 3,
        vms: [evil],
        events: [{ atMs: startMs, type: "nso", text: evil, incidentId: evil }],
      }),
    );
    expect(page).not.toContain("<img");
    expect(page.match(/<\/script>/g)).toHaveLength(4);
  });

  test("has a chart of its own for the limit of a cgroup that bound", async () => {
    const recording = incidentRecording();
    const { atMs } = recording.host;
    const ceilings = [
      { name: "cgroup:/<nso>", atMs, usedKib: atMs.map(() => 1), limitKib: atMs.map(() => 2) },
    ];
    const page = await pageOf({ ...recording, ceilings });
    expect(page).toContain("<h2>Physical memory of cgroup:/&lt;nso&gt; <small");
    expect(await pageOf(recording)).not.toContain("Physical memory of cgroup");
  });

  test("has each finding, each event with its moment, and the recommendation", async () => {
    const page = await pageOf(incidentRecording());
    expect(page).toContain("Committed_AS was critical: 99.2 % of CommitLimit");
    expect(page.match(/<li><button type="button" class="action"/g)).toHaveLength(4);
    expect(page).toContain("Incident 20251123T135151-allocated");
    expect(page).toContain(
      "<pre># /etc/sysctl.d/90-nso.conf\nvm.overcommit_memory = 2\nvm.overcommit_ratio = ",
    );
  });

  test("of nothing says so", async () => {
    expect(await pageOf(sampleRecording({ startMs, ticks: 0 }))).toContain(
      "Nothing was measured between the two times.",
    );
  });
});

test("the licences of everything embedded are shipped", () => {
  const text = licences();
  for (const name of [
    "@resvg/resvg-wasm",
    "uplot",
    "d3-scale",
    "d3-shape",
    "dejavu-fonts-ttf",
    "simple-statistics",
    "zod",
    "bun 1.",
  ])
    expect(text).toContain(`\n${name}`);
  expect(text).toContain("Mozilla Public License Version 2.0");
  expect(text).toContain("Bitstream Vera");
});
