/** Serves metrics to who scrapes them: one page, on this host alone. */

import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { describeError, NsomemError } from "../core/errors.ts";
import { contentTypes, type Format } from "./exposition.ts";
import type { ListenAddress } from "./listen-address.ts";

export interface MetricsServer {
  /** `http://127.0.0.1:9639/metrics`, or the path of the socket. */
  where: string;
  stop(): Promise<void>;
}

/** Who scrapes faster gets the same text again: nobody can make this process busy. The agent writes once a second. */
const keptMs = 500;

/** `page` makes the text. Throws NsomemError LISTEN naming the address. */
export async function serveMetrics(
  address: ListenAddress,
  page: (format: Format) => Promise<string>,
): Promise<MetricsServer> {
  const pages = { prometheus: keptFor(keptMs, page), openmetrics: keptFor(keptMs, page) };
  const options = { fetch: (request: Request) => answer(request, pages), ...limits };
  const server = await listening(address, options);
  const isSocket = "unix" in address;
  // Like a port on the loopback it is open to every user of this host.
  if (isSocket) chmodSync(address.unix, 0o666);
  return {
    where: isSocket ? address.unix : `http://${hostOf(address.hostname)}:${server.port}/metrics`,
    async stop() {
      await server.stop(true);
      if (isSocket) removeSocket(address.unix);
    },
  };
}

/** No request has a body, and whoever says nothing for 10 s is gone. */
const limits = { maxRequestBodySize: 0, idleTimeout: 10, development: false };

type Answerer = { fetch: (request: Request) => Promise<Response> } & typeof limits;

async function listening(address: ListenAddress, options: Answerer) {
  const name = "unix" in address ? address.unix : `${hostOf(address.hostname)}:${address.port}`;
  try {
    if ("unix" in address) await removeDeadSocket(address.unix);
    return "unix" in address
      ? Bun.serve({ unix: address.unix, fetch: options.fetch, maxRequestBodySize: 0 })
      : Bun.serve({ ...address, ...options });
  } catch (error) {
    throw new NsomemError("LISTEN", `cannot listen on ${name}: ${describeError(error)}`);
  }
}

async function answer(request: Request, pages: Record<Format, (format: Format) => Promise<string>>) {
  if (request.method !== "GET" && request.method !== "HEAD")
    return new Response("GET or HEAD\n", { status: 405, headers: { Allow: "GET, HEAD" } });
  const { pathname } = new URL(request.url);
  if (pathname !== "/metrics") return new Response("see /metrics\n", { status: 404 });
  const format = formatFor(request.headers.get("Accept") ?? "");
  return new Response(await pages[format](format), { headers: { "Content-Type": contentTypes[format] } });
}

/** Prometheus names both and prefers OpenMetrics; a browser names neither. */
function formatFor(accept: string): Format {
  return /\bapplication\/openmetrics-text\b/.test(accept) ? "openmetrics" : "prometheus";
}

function keptFor(ms: number, page: (format: Format) => Promise<string>) {
  let kept: { text: Promise<string>; untilMs: number } | undefined;
  return (format: Format) => {
    if (!kept || performance.now() >= kept.untilMs)
      kept = { text: page(format), untilMs: performance.now() + ms };
    return kept.text;
  };
}

/** A socket that a killed server left; one that somebody listens on stays, and is told as being in use. */
async function removeDeadSocket(path: string): Promise<void> {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) return;
  const isAlive = await fetch("http://localhost/", { unix: path, signal: AbortSignal.timeout(1000) }).then(
    () => true,
    (error) => error instanceof Error && error.name === "TimeoutError",
  );
  if (isAlive) throw new NsomemError("LISTEN", "somebody listens there already");
  removeSocket(path);
}

function removeSocket(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody else removed it.
  }
}

function hostOf(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}
