/**
 * A fleet on this host: Debian's Prometheus scrapes 50 targets, three of them real agents and the others recorded hosts
 * that one process serves; its Alertmanager says which host is critical. All on the loopback.
 */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Status } from "../../src/core/status.ts";
import alerts from "../../src/metrics/alerts.yml.txt" with { type: "text" };
import { dashboard } from "../../src/metrics/dashboard.ts";
import { contentTypes, exposition } from "../../src/metrics/exposition.ts";
import { familiesOf } from "../../src/metrics/families.ts";
import { startAgent } from "../e2e/agent.ts";
import { nsomem } from "../e2e/binary.ts";
import { launchBrowser } from "../e2e/browser.ts";
import { createKernelView, type KernelView, kernelViewMissing } from "../e2e/kernel-view.ts";
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { startPart, until } from "../lab/part.ts";
import {
  findPrometheus,
  freePort,
  type Prometheus,
  startAlertmanager,
  startPrometheus,
} from "../lab/prometheus.ts";
import { dashboardPage } from "./dashboard-page.ts";
import { foreseen, physicalAt, pythonVm, recordedStatus, writtenNow } from "./recorded.ts";

const programs = findPrometheus();
const lacking =
  ("missing" in programs ? programs.missing : undefined) ?? nativeMissing ?? kernelViewMissing();
const hosts = 50;
const realHosts = 3;

interface RealHost {
  name: string;
  address: string;
  view: KernelView;
}

const stops: (() => Promise<unknown>)[] = [];
let real: RealHost[] = [];
let prometheus: Prometheus;
/** What the Alertmanager sent to its receiver, as `alertname instance`. */
const received: string[] = [];

beforeAll(async () => {
  if (lacking !== undefined || "missing" in programs) return;
  const dir = mkdtempSync(join(tmpdir(), "nsomem-fleet-"));
  stops.push(async () => rmSync(dir, { recursive: true, force: true }));
  const names = Array.from({ length: realHosts }, (_, index) => `nso-${index + 1}`);
  real = await Promise.all(names.map((name) => startRealHost(join(dir, name), name)));
  const recorded = serveRecordedHosts(hosts - realHosts);
  const alertmanagerPort = freePort();
  const alertmanager = await startAlertmanager(programs.alertmanager, {
    dir,
    port: alertmanagerPort,
    config: alertmanagerConfig(receiver()),
  });
  stops.push(alertmanager.stop);
  writeFileSync(join(dir, "nsomem.rules.yml"), alerts);
  prometheus = await startPrometheus(programs.prometheus, {
    dir,
    port: freePort(),
    config: prometheusConfig([...real, ...recorded], `127.0.0.1:${alertmanagerPort}`),
  });
  stops.push(prometheus.stop);
}, 60_000);

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** An agent beside a core that outlives SIGUSR1, and its metrics, on a kernel view of its own at 40 %. */
async function startRealHost(dir: string, name: string): Promise<RealHost> {
  mkdirSync(dir);
  const core = await startCore({ cwd: dir, stays: true });
  stops.push(core.stop);
  const view = createKernelView(join(dir, "kernel"));
  view.set({ physicalPercent: 40 });
  const home = join(dir, "home");
  const agent = startAgent({ home, prefix: view.prefix, words: ["--pid", String(core.pid)] });
  stops.push(agent.stop);
  await agent.statusWhen("the core's memory", ({ processes }) => processes.length > 0);
  const server = startPart({ command: [nsomem, "metrics", "--home", home, "--listen", "127.0.0.1:0"] });
  stops.push(server.stop);
  const url = new URL((await server.line()).replace("metrics at ", ""));
  return { name, address: url.host, view };
}

/** From 20 % to 85 % used, every seventh with a forecast, every fifth with many VMs. */
function recordedHost(index: number): Status {
  const memory = physicalAt(20 + (65 * index) / hosts, {
    // Far enough off to be no alert.
    forecast: index % 7 === 0 ? { ...foreseen, critical_within_seconds: 7200 + index } : null,
  });
  const { processes } = recordedStatus();
  const more =
    index % 5 === 0 ? Array.from({ length: 60 }, (_, vm) => pythonVm(`vm-${vm}`, 10_000 + vm)) : [];
  return recordedStatus({
    memory,
    processes: [...processes, ...more],
    action_counts: { run: { done: index } },
  });
}

function serveRecordedHosts(count: number) {
  const server = Bun.serve({
    ...{ hostname: "127.0.0.1", port: 0 },
    async fetch(request) {
      const nowMs = Date.now();
      const status = writtenNow(recordedHost(Number(new URL(request.url).pathname.split("/")[1])), nowMs);
      const text = await exposition(familiesOf({ isRunning: true, status, nowMs }), "openmetrics");
      return new Response(text, { headers: { "Content-Type": contentTypes.openmetrics } });
    },
  });
  stops.push(() => server.stop(true));
  return Array.from({ length: count }, (_, index) => ({
    name: `nso-${realHosts + index + 1}`,
    address: `127.0.0.1:${server.port}`,
    path: `/${index}/metrics`,
  }));
}

/** Takes what Alertmanager sends; its URL. */
function receiver(): string {
  const server = Bun.serve({
    ...{ hostname: "127.0.0.1", port: 0 },
    async fetch(request) {
      const { alerts: sent } = (await request.json()) as {
        alerts: { status: string; labels: { alertname: string; instance: string } }[];
      };
      for (const { labels } of sent) received.push(`${labels.alertname} ${labels.instance}`);
      return new Response();
    },
  });
  stops.push(() => server.stop(true));
  return `http://127.0.0.1:${server.port}/`;
}

/** YAML takes JSON. */
function alertmanagerConfig(url: string): string {
  return JSON.stringify({
    route: {
      ...{ receiver: "test", group_by: ["alertname", "instance"] },
      ...{ group_wait: "0s", group_interval: "1s", repeat_interval: "1h" },
    },
    receivers: [{ name: "test", webhook_configs: [{ url, send_resolved: false }] }],
  });
}

function prometheusConfig(
  targets: readonly { name: string; address: string; path?: string }[],
  alertmanager: string,
): string {
  return JSON.stringify({
    global: { scrape_interval: "2s", scrape_timeout: "2s", evaluation_interval: "1s" },
    rule_files: ["nsomem.rules.yml"],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: [
      {
        job_name: "nsomem",
        static_configs: targets.map(({ name, address, path = "/metrics" }) => ({
          targets: [address],
          labels: { instance: name, __metrics_path__: path },
        })),
      },
    ],
  });
}

interface DashboardPanel {
  type: string;
  title: string;
  targets?: { expr: string }[];
}

/** For somebody to look at. */
async function drawDashboard(picture: string, instance: string): Promise<void> {
  await Bun.sleep(15_000);
  const fill = (expr: string) => expr.replaceAll("$instance", instance).replaceAll("[1h]", "[10s]");
  const html = await dashboardPage(dashboard().panels as never, prometheus, { fill, seconds: 30 });
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1460, height: 1000 } });
  await page.setContent(html);
  const height = await page.evaluate("document.documentElement.scrollHeight");
  await page.setViewportSize({ width: 1460, height: Number(height) });
  await page.screenshot({ path: picture });
  await browser.close();
}

/** As Grafana would ask, for the host that is chosen. */
function expressions(instance: string): { panel: string; expr: string }[] {
  return (dashboard().panels as DashboardPanel[]).flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      panel: title,
      // An increase over the hour of which this test has seconds.
      expr: expr.replaceAll("$instance", instance).replaceAll("[1h]", "[10s]"),
    })),
  );
}

describe("a fleet of 50 hosts", () => {
  testUnless(lacking, "is scraped as a whole", async () => {
    // One that was not in time on a busy machine is by the next round.
    const whole = "count(up == 1 and scrape_samples_scraped > 60) == 50 and sum(nsomem_up) == 50";
    await until("50 hosts", async () => (await prometheus.query(whole)).length > 0);
    // So many series has a host here; families.test.ts says what they depend on.
    const [most] = await prometheus.query("max(scrape_samples_scraped)");
    expect(most?.value).toBeLessThanOrEqual(180);
  });

  testUnless(lacking, "has data in every expression of the dashboard", async () => {
    // The first of the recorded hosts has all there is to be shown; an increase needs two scrapes.
    const asked = expressions(`nso-${realHosts + 1}`);
    expect(asked.length).toBeGreaterThan(25);
    const empty = async () => {
      const rows = await Promise.all(
        asked.map(async (one) => ({ one, rows: await prometheus.query(one.expr) })),
      );
      return rows.filter(({ rows }) => rows.length === 0).map(({ one }) => `${one.panel}: ${one.expr}`);
    };
    await until("data", async () => (await empty()).length === 0, 10_000).catch(() => undefined);
    expect(await empty()).toEqual([]);
  });

  testUnless(lacking, "has the least headroom first on the dashboard", async () => {
    const expr = expressions("x").find(({ panel }) => panel === "Hosts by headroom")?.expr ?? "";
    const rows = await prometheus.query(expr);
    expect(rows).toHaveLength(hosts);
    expect(rows.map(({ value }) => value)).toEqual(rows.map(({ value }) => value).toSorted((a, b) => a - b));
  });

  testUnless(lacking, "has an alert for the host that goes critical, and for no other", async () => {
    expect(await prometheus.query('ALERTS{alertname="NsomemMemoryCritical"}')).toEqual([]);
    real[1]?.view.set({ physicalPercent: 97 });
    await until("the alert", () => received.some((one) => one.startsWith("NsomemMemoryCritical")), 30_000);
    // Two more rounds: whatever else there was to fire has had its time.
    await Bun.sleep(2500);
    const critical = received.filter((one) => one.startsWith("NsomemMemoryCritical"));
    expect(critical).toEqual(["NsomemMemoryCritical nso-2"]);
    expect(new Set(received.map((one) => one.split(" ")[1]))).toEqual(new Set(["nso-2"]));
    const [row] = await prometheus.query(
      'count by (instance) (ALERTS{alertname="NsomemMemoryCritical",alertstate="firing"})',
    );
    expect(row).toEqual({ labels: { instance: "nso-2" }, value: 1 });
    if (process.env.DASHBOARD !== undefined) await drawDashboard(process.env.DASHBOARD, "nso-2");
  });
});

test("every expression of the dashboard and of the alerts names metrics that there are", () => {
  const status = recordedStatus({
    memory: physicalAt(80, { forecast: foreseen }),
    blind: {
      since: "x",
      age_ms: 1,
      reason: "x",
      last: { physical: { level: "critical", percent: 96, at: "x" } },
    },
  });
  const known = new Set(familiesOf({ isRunning: true, status, nowMs: 0 }).map(({ name }) => name));
  const named = [...`${alerts} ${JSON.stringify(dashboard())}`.matchAll(/\bnsomem_\w+/g)].map(
    ([name]) => name,
  );
  expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
});
