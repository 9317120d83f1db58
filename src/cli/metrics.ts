/** `nsomem metrics`: what the agent last wrote of itself, for Prometheus; in a process of its own. */

import { defineCommand } from "citty";
import { usageError } from "../core/errors.ts";
import { shownJson } from "../core/shown.ts";
import { parseDurationMs } from "../core/units.ts";
import { writeOomScoreAdj } from "../linux/oom-score.ts";
import { ownProcDir } from "../linux/roots.ts";
import alerts from "../metrics/alerts.yml.txt" with { type: "text" };
import { dashboard } from "../metrics/dashboard.ts";
import { exposition, type Format } from "../metrics/exposition.ts";
import { familiesOf } from "../metrics/families.ts";
import { parseListenAddress } from "../metrics/listen-address.ts";
import { serveMetrics } from "../metrics/serve.ts";
import { takeSnapshot } from "../metrics/snapshot.ts";
import { writeTextfile } from "../metrics/textfile.ts";
import { print, printError, printLines } from "../ui/print.ts";
import { agentsHome, type HomeArgs, homeArgs, pathsOf } from "./options.ts";

export default defineCommand({
  args: {
    textfile: {
      type: "string",
      valueHint: "FILE.prom",
      description: "write it into this file, for node_exporter's textfile collector (default: print it)",
    },
    every: {
      type: "string",
      valueHint: "15s",
      description: "with --textfile: again and again, until it is ended",
    },
    listen: {
      type: "string",
      valueHint: "ADDRESS",
      description:
        "serve it: 127.0.0.1:9639, [::1]:9639 or the path of a Unix socket; nothing beyond this host",
    },
    alerts: { type: "boolean", description: "print alert rules for Prometheus" },
    dashboard: { type: "boolean", description: "print a dashboard for Grafana" },
    ...homeArgs(agentsHome),
  },
  async run({ args }) {
    refuseTogether(args);
    if (args.alerts) return printLines(alerts.trimEnd());
    if (args.dashboard) return printLines(shownJson(dashboard(), 2));
    const page = pageOf(args);
    if (args.listen !== undefined) return await serve(args.listen, page);
    if (args.textfile === undefined) return printLines((await page("prometheus")).trimEnd());
    if (args.every === undefined) return await writeTextfile(args.textfile, await page("prometheus"));
    await writeEach(intervalMs(args.every), args.textfile, page);
  },
});

type Page = (format: Format) => Promise<string>;

/** What of the words cannot stand together. Throws NsomemError USAGE (exit 2). */
function refuseTogether(args: Record<string, unknown>): void {
  const ways = ["textfile", "listen", "alerts", "dashboard"].filter((way) => args[way]);
  if (ways.length > 1) throw usageError(`metrics takes one of ${ways.map((way) => `--${way}`).join(", ")}`);
  if (args.every !== undefined && args.textfile === undefined)
    throw usageError("--every goes with --textfile FILE; what listens is asked when it is scraped");
}

/** Several agents on one host are told apart by the name that each has. */
function pageOf(args: HomeArgs): Page {
  const paths = pathsOf(args);
  const common: Record<string, string> = args.name === undefined ? {} : { nso: args.name };
  return (format) => exposition(familiesOf(takeSnapshot(paths)), format, common);
}

async function serve(address: string, page: Page): Promise<void> {
  const stop = untilEnded();
  const server = await serveMetrics(parseListenAddress(address), page);
  makeExpendable();
  print(`metrics at ${server.where}`);
  await stop;
  await server.stop();
}

/** A file that cannot be written now is written the next time. */
async function writeEach(ms: number, path: string, page: Page): Promise<void> {
  const stop = untilEnded();
  makeExpendable();
  let told: string | undefined;
  for (let isEnded = false; !isEnded; ) {
    const complaint = await page("prometheus")
      .then((text) => writeTextfile(path, text))
      .then(() => undefined, String);
    if (complaint !== undefined && complaint !== told) printError(`nsomem: ${complaint}`);
    told = complaint;
    isEnded = await Promise.race([stop.then(() => true), Bun.sleep(ms).then(() => false)]);
  }
}

/** Resolves at SIGINT or SIGTERM. */
function untilEnded(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve()).once("SIGTERM", () => resolve());
  });
}

/** Where memory runs out this goes before NSO, and before the agent (facts 2.6). */
function makeExpendable(): void {
  writeOomScoreAdj(ownProcDir, "self", 1000);
}

const everyMs = { min: 1000, max: 3_600_000 };

function intervalMs(text: string): number {
  const ms = parseDurationMs(text);
  if (ms < everyMs.min || ms > everyMs.max)
    throw usageError(`--every takes 1s to 1h, not "${text}": the agent writes its status once a second`);
  return ms;
}
