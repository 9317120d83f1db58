/** Checks of the way to NSO: the `ncs` command, and the IPC that it needs for a debug dump (facts 3.5). */

import { accessSync, constants } from "node:fs";
import { type Check, fail, ok, warn } from "../core/check.ts";
import { findNcs } from "../linux/ncs-command.ts";
import { type Core, readExecutable } from "../linux/nso.ts";
import { readEnviron } from "../linux/procfs.ts";
import type { DoctorOptions } from "./options.ts";

const connectMsMax = 2000;
const defaultPort = 4569;

export async function checkIpc(core: Core | undefined, { config, roots }: DoctorOptions): Promise<Check[]> {
  const environ = core ? readEnviron(roots.procDir, core.pid) : undefined;
  const env = { ...process.env, ...environ };
  const executable = core && (readExecutable(roots.procDir, core.pid) ?? core.argv[0]);
  const { ncs, lookedIn } = findNcs({
    configured: config.nso.command,
    path: process.env.PATH,
    ncsDir: process.env.NCS_DIR ?? environ?.NCS_DIR,
    coreExecutable: executable,
  });
  const command = ncs
    ? ok("ncs command", ncs)
    : fail(
        "ncs command",
        `not found in ${lookedIn.join(", ")}`,
        'set [nso] command = "/path/to/ncs" in nsomem.toml',
      );
  return [command, ...(core ? [await checkConnection(env)] : []), checkAccessFile(env.NCS_IPC_ACCESS_FILE)];
}

async function checkConnection(env: Record<string, string | undefined>): Promise<Check> {
  const name = "IPC";
  const path = env.NCS_IPC_PATH;
  const address = env.NCS_IPC_ADDR || "127.0.0.1";
  const port = Number(env.NCS_IPC_PORT || defaultPort);
  const where = path ? `NCS_IPC_PATH=${path}` : `${address}:${port}`;
  const connecting = path
    ? Bun.connect({ unix: path, socket: silent })
    : Bun.connect({ hostname: address, port, socket: silent });
  const result = await Promise.race([
    connecting.then(
      (socket) => {
        socket.end();
        return "connected" as const;
      },
      () => "refused" as const,
    ),
    Bun.sleep(connectMsMax).then(() => "silent" as const),
  ]);
  if (result === "connected") return ok(name, `NSO answers at ${where}`);
  const found =
    result === "silent" ? `no answer at ${where} in ${connectMsMax / 1000} s` : `nobody listens at ${where}`;
  return warn(
    name,
    `${found}: debug dumps would fail with "could not connect"`,
    "set NCS_IPC_PATH, or NCS_IPC_ADDR and NCS_IPC_PORT, as in ncs.conf, for NSO and for nsomem",
  );
}

const silent = { data() {} };

function checkAccessFile(path: string | undefined): Check {
  const name = "IPC access file";
  if (!path) return ok(name, "none set (NCS_IPC_ACCESS_FILE)");
  try {
    accessSync(path, constants.R_OK);
    return ok(name, path);
  } catch {
    return fail(name, `${path} is not readable`, "let nsomem run as a user that may read it");
  }
}
