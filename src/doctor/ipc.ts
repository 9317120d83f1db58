/** Checks of the way to NSO: the `ncs` command, and the IPC that it needs for a debug dump (facts 3.5). */

import { accessSync, constants } from "node:fs";
import { type Check, fail, ok, warn } from "../core/check.ts";
import { environmentFor } from "../linux/child-environment.ts";
import { readCoreUser } from "../linux/core-user.ts";
import { obstacleAbove } from "../linux/handover.ts";
import { findNcs, type NcsCommand } from "../linux/ncs-command.ts";
import type { Core } from "../linux/nso.ts";
import type { DoctorOptions } from "./options.ts";

const connectMsMax = 2000;
const defaultPort = 4569;

export async function checkIpc(
  core: Core | undefined,
  { config, roots, paths }: DoctorOptions,
): Promise<Check[]> {
  const user = core && readCoreUser(roots.procDir, core);
  const found = findNcs({ configured: config.nso.command, core: user });
  // What the debug dump command would be given.
  const env = "ncs" in found ? found.ncs.env : environmentFor("ourselves", user);
  return [
    checkCommand(found),
    ...("ncs" in found ? checkWay(found.ncs, paths.state) : []),
    ...(core ? [await checkConnection(env)] : []),
    checkAccessFile(env.NCS_IPC_ACCESS_FILE),
  ];
}

function checkCommand(found: ReturnType<typeof findNcs>): Check {
  const name = "ncs command";
  if ("complaint" in found)
    return fail(name, found.complaint, 'set [nso] command = "/path/to/ncs" in nsomem.toml');
  const { path, runAs, passedOver } = found.ncs;
  const text = runAs === "ourselves" ? path : `${path}, run as NSO's user ${runAs.uid}`;
  return passedOver.length === 0 ? ok(name, text) : warn(name, text, passedOver.join("\n"));
}

/** Where NSO's user writes the debug dumps. */
function checkWay({ runAs }: NcsCommand, stateDir: string): Check[] {
  const name = "debug dump directory";
  if (runAs === "ourselves") return [];
  const obstacle = obstacleAbove(stateDir, runAs);
  if (obstacle === undefined)
    return [ok(name, `NSO's user ${runAs.uid} gets one of his own below ${stateDir}`)];
  return [fail(name, obstacle, "let that user pass, or keep nsomem's files elsewhere: --home DIR")];
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
