/** Where metrics may be served: on this host alone. */

import { usageError } from "../core/errors.ts";
import { shown } from "../core/shown.ts";

export type ListenAddress = { hostname: string; port: number } | { unix: string };

/** sun_path of unix(7), with its ending zero. */
const socketPathBytesMax = 107;

/**
 * `127.0.0.1:9639`, `[::1]:9639`, `localhost:9639`, or the path of a Unix socket. Throws NsomemError USAGE (exit 2) for
 * anything else. Names are not looked up: what one stands for may change, and so where it is heard.
 */
export function parseListenAddress(text: string): ListenAddress {
  if (text.startsWith("/")) return socketAddress(text);
  const match = /^(.*):(\d{1,5})$/.exec(text);
  const [, host, portText] = match ?? [];
  if (host === undefined || Number(portText) > 65_535)
    throw usageError(
      `--listen takes 127.0.0.1:9639, or the absolute path of a Unix socket, not "${shown(text)}"`,
    );
  const hostname = loopback(host);
  if (hostname === undefined)
    throw usageError(
      `--listen ${shown(text)} is refused: nsomem serves this host alone, by 127.0.0.1, [::1] or a Unix socket; what leaves the host is for the node_exporter (--textfile) or a proxy with its TLS and passwords`,
    );
  return { hostname, port: Number(portText) };
}

function socketAddress(path: string): ListenAddress {
  if (Buffer.byteLength(path) > socketPathBytesMax)
    throw usageError(`--listen takes a path of at most ${socketPathBytesMax} bytes for a socket (unix(7))`);
  return { unix: path };
}

function loopback(host: string): string | undefined {
  if (host === "localhost") return "127.0.0.1";
  if (host === "[::1]") return "::1";
  const isLoopback = /^127(\.\d{1,3}){3}$/.test(host) && host.split(".").every((part) => Number(part) <= 255);
  return isLoopback ? host : undefined;
}
