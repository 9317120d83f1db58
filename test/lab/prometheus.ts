/** Debian's Prometheus, promtool and Alertmanager, on loopback and in a directory of the test's own. */

import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findPackage } from "./debian-package.ts";
import { missingCommand } from "./missing.ts";
import { type Part, startPart, until } from "./part.ts";

export interface PrometheusPrograms {
  prometheus: string;
  promtool: string;
  alertmanager: string;
}

/** The programs, or why they cannot be had here. */
export function findPrometheus(): PrometheusPrograms | { missing: string } {
  const lacking = missingCommand("setpriv");
  if (lacking) return { missing: lacking };
  const prometheus = findPackage("prometheus");
  if ("missing" in prometheus) return prometheus;
  const alertmanager = findPackage("prometheus-alertmanager");
  if ("missing" in alertmanager) return alertmanager;
  return {
    prometheus: join(prometheus.bin, "prometheus"),
    promtool: join(prometheus.bin, "promtool"),
    alertmanager: join(alertmanager.bin, "prometheus-alertmanager"),
  };
}

/** A running Prometheus that can be asked. */
export interface Prometheus extends Pick<Part, "stop" | "pid"> {
  url: string;
  /** An instant query: a row for each series, with its labels and its value. */
  query(expr: string): Promise<{ labels: Record<string, string>; value: number }[]>;
  /** Values of the last `seconds`, one a second, of each series. */
  range(
    expr: string,
    seconds: number,
  ): Promise<{ labels: Record<string, string>; values: [atS: number, value: number][] }[]>;
  /** Any other path of its API: the `data` of the answer. */
  api<T>(path: string): Promise<T>;
}

/** `config` is YAML without what is of this test: see prometheus.yml. Resolves when it is ready. */
export async function startPrometheus(
  program: string,
  { dir, config, port }: { dir: string; config: string; port: number },
): Promise<Prometheus> {
  const file = join(dir, "prometheus.yml");
  writeFileSync(file, config);
  const part = startPart({
    command: [
      ...endsWithUs,
      program,
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(dir, "tsdb")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error",
    ],
    cwd: dir,
    // Of two cores one is for the rest.
    env: { GOMAXPROCS: "1" },
  });
  const url = `http://127.0.0.1:${port}`;
  await ready(part, `${url}/-/ready`);
  const api = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}/api/v1/${path}`);
    const answer = (await response.json()) as { status: string; data: T; error?: string };
    if (answer.status !== "success") throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  };
  return {
    ...{ url, api, pid: part.pid, stop: part.stop },
    async query(expr) {
      const { result } = await api<Answer<{ value: [number, string] }>>(
        `query?query=${encodeURIComponent(expr)}`,
      );
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    async range(expr, seconds) {
      const end = Date.now() / 1000;
      const words = `query=${encodeURIComponent(expr)}&start=${end - seconds}&end=${end}&step=1`;
      const { result } = await api<Answer<{ values: [number, string][] }>>(`query_range?${words}`);
      return result.map(({ metric, values }) => ({
        labels: metric,
        values: values.map(([atS, value]) => [atS, Number(value)]),
      }));
    },
  };
}

/** They do not look at their standard input: the kernel ends them where this process is killed. */
const endsWithUs = ["setpriv", "--pdeathsig", "KILL"] as const;

/** Debian's looks for its templates below /usr/share, which is the unpacked package's in a mount namespace of its own. */
function withShareOf(program: string): [string, ...string[]] {
  const share = join(dirname(program), "../share");
  return ["unshare", "-m", "sh", "-c", 'mount --bind "$1" /usr/share && shift && exec "$@"', "sh", share];
}

interface Answer<T> {
  result: (T & { metric: Record<string, string> })[];
}

/** Of a single host: no cluster. Resolves when it is ready. */
export async function startAlertmanager(
  program: string,
  { dir, config, port }: { dir: string; config: string; port: number },
): Promise<Pick<Part, "stop">> {
  const file = join(dir, "alertmanager.yml");
  writeFileSync(file, config);
  const part = startPart({
    command: [
      ...withShareOf(program),
      ...endsWithUs,
      program,
      `--config.file=${file}`,
      `--storage.path=${join(dir, "alertmanager")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
      "--log.level=error",
    ],
    cwd: dir,
    env: { GOMAXPROCS: "1" },
  });
  await ready(part, `http://127.0.0.1:${port}/-/ready`);
  return { stop: part.stop };
}

async function ready(part: Part, url: string): Promise<void> {
  try {
    await until(`an answer of ${url}`, async () => {
      if (!part.isRunning()) throw new Error(`it ended: ${JSON.stringify(await part.exited)}`);
      return (await fetch(url).catch(() => undefined))?.ok || undefined;
    });
  } catch (error) {
    await part.stop();
    throw error;
  }
}

/** A port of the loopback that was free a moment ago. */
export function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = server;
  server.stop(true);
  return port;
}
