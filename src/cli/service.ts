/** `nsomem service`: the systemd unit, installed, removed or shown. */

import { dirname } from "node:path";
import { type ArgsDef, defineCommand } from "citty";
import { readTrustedConfig } from "../configuration/read.ts";
import { exitCodes, NsomemError, usageError } from "../core/errors.ts";
import { hint } from "../core/hint.ts";
import { findAgent } from "../linux/agent-lock.ts";
import { selfCommand } from "../linux/self.ts";
import { accountOf, uidOf } from "../linux/users.ts";
import { installSteps, removeSteps, type Step } from "../service/install.ts";
import { fitBinary } from "../service/place.ts";
import { requireSystemd, systemctl } from "../service/systemd.ts";
import { unitName, unitText } from "../service/unit.ts";
import { print } from "../ui/print.ts";
import { placesOf } from "./options.ts";

const userArg = {
  user: {
    type: "string",
    valueHint: "USER",
    description: "run as NSO's user instead of root, with CAP_SYS_RESOURCE alone",
  },
} as const satisfies ArgsDef;

const dryRunArg = {
  "dry-run": { type: "boolean", description: "say what would be done and do nothing" },
} as const satisfies ArgsDef;

const install = defineCommand({
  args: { ...userArg, ...dryRunArg },
  async run({ args }) {
    const user = userOf(args.user);
    const isDry = args["dry-run"] ?? false;
    if (!isDry) requireRoot();
    requireSystemd();
    const exec = fitBinary(ownBinary());
    // A mistake in it is shown before anything is written.
    readTrustedConfig(placesOf({}).config, { required: false });
    if (!isDry) await refuseOtherAgent();
    const options = { exec, user: user?.name };
    if (isDry) print(unitText(options));
    const directory = dirname(placesOf({}).config);
    const configuration = user && { directory, user: user.name, gid: user.gid };
    await doAll(installSteps(options, { configuration }), isDry);
    if (isDry) return exitCodes.done;
    print(
      `nsomem is running as a service${user === undefined ? "" : ` of ${user.name}`}. "systemctl status nsomem" and "${hint("status")}" show how things stand.`,
    );
    return exitCodes.done;
  },
});

const remove = defineCommand({
  meta: {
    name: "remove",
    description: "Stop and disable the service, remove its unit; what it recorded stays",
  },
  args: dryRunArg,
  async run({ args }) {
    const isDry = args["dry-run"] ?? false;
    if (!isDry) requireRoot();
    requireSystemd();
    await doAll(removeSteps(), isDry);
    const { state, logs } = placesOf({});
    if (!isDry) print(`Removed. What was recorded stays in ${state} and ${logs}.`);
  },
});

const show = defineCommand({
  args: {
    ...userArg,
    exec: {
      type: "string",
      valueHint: "FILE",
      description: "the path of nsomem in it (default: of this one)",
    },
  },
  run({ args }) {
    // For packages too: neither the binary nor the user need be on this host.
    if (args.exec !== undefined && !args.exec.startsWith("/"))
      throw usageError(`--exec takes an absolute path, not "${args.exec}"`);
    print(unitText({ exec: args.exec ?? ownBinary(), user: args.user }).trimEnd());
  },
});

export default defineCommand({
  subCommands: { install, remove, show },
});

async function doAll(steps: readonly Step[], isDry: boolean): Promise<void> {
  for (const step of steps) {
    print(isDry ? `would ${step.text}` : step.text);
    if (!isDry) await step.do();
  }
}

function ownBinary(): string {
  const [binary, ...others] = selfCommand();
  if (binary === undefined || others.length > 0)
    throw usageError("run from sources there is no binary to install");
  return binary;
}

/** Throws NsomemError USAGE (exit 2) for one that is not on this host, and for root, who is nobody special here. */
function userOf(name: string | undefined): { name: string; gid: number } | undefined {
  if (name === undefined) return undefined;
  const uid = uidOf(name);
  const account = uid === undefined ? undefined : accountOf(uid);
  if (!account) throw usageError(`--user is "${name}": no such user in /etc/passwd`);
  if (account.uid === 0) throw usageError("--user is for NSO's user; without it the service runs as root");
  return account;
}

function requireRoot(): void {
  if (process.geteuid?.() === 0) return;
  throw new NsomemError("ROOT", "only root can do that: try with sudo, or see it with --dry-run");
}

/** One that was started by hand has the files that the service needs. Throws NsomemError HOME_IN_USE (exit 5). */
async function refuseOtherAgent(): Promise<void> {
  const agent = findAgent(placesOf({}));
  if (!agent) return;
  const { stdout } = await systemctl("show", "--property=MainPID", unitName);
  if (Number(/^MainPID=(\d+)/m.exec(stdout)?.[1]) === agent.pid) return;
  throw new NsomemError(
    "HOME_IN_USE",
    `an agent runs already (PID ${agent.pid}) and is not the service; end it first: ${hint("stop")}`,
    exitCodes.homeInUse,
  );
}
