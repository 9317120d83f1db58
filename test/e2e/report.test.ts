import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { HistoryEvent } from "../../src/core/recording.ts";
import { testUnless } from "../lab/missing.ts";
import { writeSampleHistory } from "../report/sample-history.ts";
import { run } from "./binary.ts";
import { browserMissing, launchBrowser, type OpenedPage, openFile } from "./browser.ts";

const startMs = Date.parse("2025-11-23T13:09:51Z");
const ticks = 3600;
const incidentMs = startMs + 1_800_000;
const events: HistoryEvent[] = [
  { atMs: startMs, type: "run", text: "nsomem started" },
  {
    atMs: incidentMs,
    type: "level",
    kind: "physical",
    level: "critical",
    text: "physical 95.2 %: critical",
    incidentId: "i-1",
  },
  {
    atMs: incidentMs + 1000,
    type: "action",
    kind: "physical",
    level: "critical",
    text: "crash-dump done",
    incidentId: "i-1",
  },
];
const home = mkdtempSync(join(tmpdir(), "nsomem-report-"));
const report = join(home, "graphs/report.html");
const missing = browserMissing();
let browser: Browser;
let opened: OpenedPage;

beforeAll(async () => {
  if (missing) return;
  writeSampleHistory(join(home, "history.db"), { startMs, ticks, vms: 3, events });
  const drawn = await run(["graph", "--home", home]);
  expect(drawn.stderr).toBe("");
  expect(drawn.exitCode).toBe(0);
  browser = await launchBrowser();
  opened = await openFile(browser, report);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  rmSync(home, { recursive: true, force: true });
});

describe("report.html in a real browser, from file://", () => {
  testUnless(missing, "asks for itself alone and complains of nothing", async () => {
    expect(opened.requests).toEqual([`file://${report}`]);
    expect(opened.complaints).toEqual([]);
    expect(await opened.page.locator(".chart canvas").count()).toBe(5);
    expect(await opened.page.isVisible("#status")).toBe(false);
  });

  testUnless(missing, "shows under the pointer what the database has", async () => {
    const { page } = opened;
    const db = new Database(join(home, "history.db"), { readonly: true });
    try {
      for (const part of [0.1, 0.5, 0.83]) {
        await pointAt(page, "physical", part);
        const shown = await shownOf(page, "physical", "MemUsed");
        expect(Math.abs(shown.atMs - (startMs + part * (ticks - 1) * 1000))).toBeLessThan(
          2 * msPerPixel(await plotOf(page, "physical")),
        );
        expect(db.query("SELECT mem_used_kib FROM tick WHERE at_ms = ?").values(shown.atMs)).toEqual([
          [shown.kib],
        ]);
        // The other charts follow the same pointer.
        const core = await shownOf(page, "rss", "core RSS");
        const sample = "SELECT rss_kib FROM process_samples WHERE name = 'ncs.smp' AND at_ms = ?";
        expect(db.query(sample).values(core.atMs)).toEqual([[core.kib]]);
        const vm = await shownOf(page, "process-allocated", "pythonvm:service-2 Allocated");
        const other = "SELECT allocated_kib FROM process_samples WHERE name = 'service-2' AND at_ms = ?";
        expect(db.query(other).values(vm.atMs)).toEqual([[vm.kib]]);
      }
    } finally {
      db.close();
    }
  });

  testUnless(
    missing,
    "zooms all charts by a drag of the mouse, once, and shows all again by a double click",
    async () => {
      const { page } = opened;
      const plot = await plotOf(page, "allocated");
      await page.mouse.move(plot.x + plot.width * 0.25, plot.y + 100);
      await page.mouse.down();
      await page.mouse.move(plot.x + plot.width * 0.5, plot.y + 120, { steps: 6 });
      await page.mouse.up();
      const [fromMs, toMs] = await rangeOf(page);
      const slack = 2 * msPerPixel(plot) + 1000;
      expect(Math.abs(fromMs - (startMs + 0.25 * 3_599_000))).toBeLessThan(slack);
      expect(Math.abs(toMs - (startMs + 0.5 * 3_599_000))).toBeLessThan(slack);
      // The pointer at the left edge of another chart is at the start of the range now.
      await pointAt(page, "rss", 0.002);
      expect(Math.abs((await shownOf(page, "rss", "core RSS")).atMs - fromMs)).toBeLessThan(slack);
      const rss = await plotOf(page, "rss");
      await page.mouse.dblclick(rss.x + 50, rss.y + 50);
      expect(await rangeOf(page)).toEqual([startMs, startMs + 3_599_000]);
    },
  );

  testUnless(missing, "jumps to an incident that is clicked", async () => {
    const { page } = opened;
    const button = page.locator("aside button.critical");
    await button.click();
    expect(await rangeOf(page)).toEqual([incidentMs - 300_000, incidentMs + 300_000]);
    expect(await button.getAttribute("aria-current")).toBe("true");
    expect(Math.abs((await shownOf(page, "physical", "MemUsed")).atMs - incidentMs)).toBeLessThan(2000);
    await page.click("#reset");
  });

  testUnless(missing, "is used by the keyboard alone", async () => {
    const { page } = opened;
    await page.focus("#charts");
    await page.keyboard.press("+");
    const [fromMs, toMs] = await rangeOf(page);
    expect(Math.abs(toMs - fromMs - 1_800_000)).toBeLessThanOrEqual(1000);
    await page.keyboard.press("Shift+ArrowRight");
    expect((await rangeOf(page))[0]).toBeGreaterThan(fromMs + 400_000);
    await page.keyboard.press("ArrowLeft");
    const before = (await shownOf(page, "physical", "MemUsed")).atMs;
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect((await shownOf(page, "physical", "MemUsed")).atMs).toBeGreaterThan(before);
    await page.keyboard.press("0");
    expect(await rangeOf(page)).toEqual([startMs, startMs + 3_599_000]);
  });

  testUnless(missing, "shows a line alone by its name, all again, and with Shift hides one", async () => {
    const { page } = await openFile(browser, report);
    const core = page.locator('#chart-rss button[data-series="core RSS"]');
    const vm = page.locator('#chart-rss button[data-series="pythonvm:service-2 RSS"]');
    const bluePixels = () => page.evaluate<number>(pixelsLike("#chart-rss canvas", [0x00, 0x72, 0xb2]));
    const pressed = async () => [
      await core.getAttribute("aria-pressed"),
      await vm.getAttribute("aria-pressed"),
    ];
    expect(await bluePixels()).toBeGreaterThan(200);
    await vm.click();
    expect(await pressed()).toEqual(["false", "true"]);
    await page.evaluate(nextFrame);
    expect(await bluePixels()).toBe(0);
    await vm.click();
    expect(await pressed()).toEqual(["true", "true"]);
    await core.click({ modifiers: ["Shift"] });
    expect(await pressed()).toEqual(["false", "true"]);
    await core.focus();
    await page.keyboard.press("Enter");
    expect(await pressed()).toEqual(["true", "false"]);
    await page.close();
  });

  testUnless(missing, "stacks who holds the host's memory up to what is used", async () => {
    const { page } = await openFile(browser, report);
    await pointAt(page, "holders", 0.4);
    const kib = async (series: string) => (await shownOf(page, "holders", series)).kib;
    const parts = ["holder core", "holder javavm", "holder python-total", "everything else"];
    const sum = (await Promise.all(parts.map(kib))).reduce((total, part) => total + part, 0);
    const used = (await shownOf(page, "physical", "MemUsed")).kib;
    expect(sum).toBe(used);
    // Areas, not lines: a thousand times as many pixels of the core's colour.
    expect(
      await page.evaluate<number>(pixelsLike("#chart-holders canvas", [0x00, 0x72, 0xb2])),
    ).toBeGreaterThan(2000);
    // Alone, an area stands on the axis and has its own height.
    await page.locator('#chart-holders button[data-series="everything else"]').click();
    await page.evaluate(nextFrame);
    expect(await page.evaluate<number>(pixelsLike("#chart-holders canvas", [0x00, 0x72, 0xb2]))).toBe(0);
    await page.close();
  });

  testUnless(missing, "names the event under the pointer, beside the time", async () => {
    const { page } = opened;
    await pointAt(page, "physical", (incidentMs + 1000 - startMs) / 3_599_000);
    expect(await page.textContent("#readout")).toMatch(/^at .* · .*crash-dump done/);
    await pointAt(page, "physical", 0.2);
    expect(await page.textContent("#readout")).not.toContain("·");
  });

  testUnless(
    missing,
    "has the last incident as a button, and those ranges alone that are shorter",
    async () => {
      const { page } = opened;
      await page.click("#incident");
      expect(await rangeOf(page)).toEqual([incidentMs - 300_000, incidentMs + 301_000]);
      expect(await page.isVisible('button[data-last-ms="3600000"]')).toBe(false);
      await page.click("#reset");
    },
  );

  testUnless(missing, "keeps what is shown in its address, over a reload and as a link", async () => {
    const { page, complaints } = await openFile(browser, report);
    expect(await page.evaluate<string>("location.hash")).toBe("");
    await page.click("#incident");
    const hash = await page.evaluate<string>("location.hash");
    expect(hash).toStartWith(`#from=${new Date(incidentMs - 300_000).toISOString()}&to=`);
    await page.reload();
    await page.waitForSelector("html[data-ready]");
    expect(await rangeOf(page)).toEqual([incidentMs - 300_000, incidentMs + 301_000]);
    await page.evaluate("location.hash = '#from=2025-11-23T13:20:00Z&to=2025-11-23T13:30:00Z'");
    await page.evaluate(nextFrame);
    expect(await rangeOf(page)).toEqual([
      Date.parse("2025-11-23T13:20:00Z"),
      Date.parse("2025-11-23T13:30:00Z"),
    ]);
    await page.click("#reset");
    expect(await page.evaluate<string>("location.hash")).toBe("");
    expect(complaints).toEqual([]);
    await page.close();
  });

  for (const [how, width, scheme] of [
    ["on a desktop", 1440, "light"],
    ["in the dark", 1440, "dark"],
    ["on a narrow screen", 400, "light"],
  ] as const) {
    testUnless(missing, `axe finds nothing against it ${how}`, async () => {
      const { page } = await openFile(browser, report, scheme);
      await page.setViewportSize({ width, height: 900 });
      for (const summary of await page.locator("summary").all()) await summary.click();
      await page.evaluate(axeSource);
      expect(await page.evaluate<string[]>(axeViolations)).toEqual([]);
      await page.close();
    });
  }

  testUnless(missing, "is dark for who wants it, and light on paper", async () => {
    const dark = await openFile(browser, report, "dark");
    const back = () => dark.page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    expect(await back()).toBe("rgb(13, 17, 23)");
    await dark.page.click("#theme");
    expect(await back()).toBe("rgb(244, 246, 248)");
    await dark.page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect((await dark.page.locator("#chart-rss canvas").boundingBox())?.width).toBeLessThanOrEqual(664);
    await dark.page.emulateMedia({ media: "print" });
    expect(await dark.page.isVisible("#reset")).toBe(false);
    expect(await dark.page.isVisible("footer .screen")).toBe(false);
    expect(await back()).toBe("rgb(255, 255, 255)");
    await dark.page.emulateMedia({ media: "screen" });
    await dark.page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect((await dark.page.locator("#chart-rss canvas").boundingBox())?.width).toBeGreaterThan(800);
    expect(dark.complaints).toEqual([]);
    await dark.page.close();
  });

  testUnless(
    missing,
    "is printed on few pages, none of which has a chart's half or a last line alone",
    async () => {
      const { page } = await openFile(browser, report);
      const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
      expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBeLessThanOrEqual(3);
      await page.close();
    },
  );

  testUnless(missing, "on a narrow screen nothing sticks out", async () => {
    const { page } = opened;
    await page.setViewportSize({ width: 400, height: 800 });
    await page.evaluate(nextFrame);
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(400);
    // Most of the width is the plot's: names of limits are percentages here.
    expect((await plotOf(page, "physical")).width).toBeGreaterThan(220);
    await page.setViewportSize({ width: 1440, height: 1000 });
    expect(opened.complaints).toEqual([]);
  });
});

interface PlotBox {
  x: number;
  y: number;
  width: number;
}

async function plotOf(page: Page, chart: string): Promise<PlotBox> {
  const plot = page.locator(`#chart-${chart} .u-over`);
  await plot.scrollIntoViewIfNeeded();
  return (await plot.boundingBox()) ?? expect.unreachable();
}

function msPerPixel({ width }: PlotBox): number {
  return 3_599_000 / width;
}

async function pointAt(page: Page, chart: string, part: number): Promise<void> {
  const plot = await plotOf(page, chart);
  await page.mouse.move(plot.x + plot.width * part, plot.y + 60);
}

async function shownOf(page: Page, chart: string, series: string): Promise<{ atMs: number; kib: number }> {
  const value = page.locator(`#chart-${chart} button[data-series="${series}"] b`);
  return {
    atMs: Number(await value.getAttribute("data-at")),
    kib: Number(await value.getAttribute("data-kib")),
  };
}

/** What the page says is shown, to the second: `23 Nov 14:09:51 – 23 Nov 15:09:50` of Prague. */
async function rangeOf(page: Page): Promise<[fromMs: number, toMs: number]> {
  const text = (await page.textContent("#range")) ?? "";
  const [from = Number.NaN, to = Number.NaN] = text
    .split(" – ")
    .map((part) => Date.parse(`${part} 2025 GMT+0100`));
  return [from, to];
}

/** Expressions for the page: this program's types have no document. */
const nextFrame = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";

const axeSource = readFileSync(Bun.resolveSync("axe-core/axe.min.js", import.meta.dir), "utf8");
/** Each rule that is broken, with the first element that breaks it. */
const axeViolations = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ": " + nodes[0].html))`;

/** How many pixels of a canvas have exactly this colour. */
function pixelsLike(selector: string, rgb: readonly [number, number, number]): string {
  return `(() => {
    const canvas = document.querySelector(${JSON.stringify(selector)});
    const image = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let found = 0;
    for (let at = 0; at < image.length; at += 4)
      if (image[at] === ${rgb[0]} && image[at + 1] === ${rgb[1]} && image[at + 2] === ${rgb[2]}) found++;
    return found;
  })()`;
}
