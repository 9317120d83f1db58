/** The text of the systemd unit: the one source for `service install`, `make install` and packages. */

import { capabilitiesOf, sandboxOf } from "./sandbox.ts";

export interface UnitOptions {
  /** The absolute path of the binary. */
  exec: string;
  /** As whom it runs; undefined for root. */
  user: string | undefined;
}

export const unitName = "nsomem.service";

/** In the first line of the unit: what has it may be replaced and removed. */
export const unitMark = "Written by nsomem's service install";

/** The whole file, with the reason for each line that is there, and for each that one could miss. See systemd.exec(5). */
export function unitText(options: UnitOptions): string {
  const blocks = [
    [
      `# ${unitMark}, and written anew by the next one.`,
      `# What is yours goes into ${unitName}.d/ ("systemctl edit nsomem"), which nobody else writes to.`,
    ],
    ["[Unit]", ...unit],
    ["[Service]", ...life(options)],
    resources,
    directories(options),
    capabilities(options),
    sandboxOf(options.user).flatMap(({ lines, why }) => [...why.map(comment), ...lines]),
    ["[Install]", "WantedBy=multi-user.target"],
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

const unit = [
  "Description=nsomem, memory rescue for Cisco NSO",
  "# Neither Requires= nor BindsTo=: it stays when NSO ends, and waits for it to come back.",
  "After=ncs.service",
  "# A guard that gives up guards nothing.",
  "StartLimitIntervalSec=0",
];

function life({ exec, user }: UnitOptions): string[] {
  return [
    "# Ready when the first reading of memory is taken; RELOADING, STOPPING and STATUS are told too.",
    "Type=notify",
    "NotifyAccess=main",
    `ExecStart=${quoted(exec)} start --wait`,
    "# Its exit code says whether the new configuration was taken over; the answer itself is in the log already.",
    `ExecReload=${quoted(exec)} reload --quiet`,
    ...(user === undefined ? [] : [`User=${user}`]),
    "Restart=always",
    "RestartSec=500ms",
    "# A mistake in the configuration, or another agent that has these files: no restart mends that.",
    "RestartPreventExitStatus=2 5",
    "# Fed only while memory is measured.",
    "WatchdogSec=60s",
    "WatchdogSignal=SIGKILL",
    "# It ends within 2 s of SIGTERM, and ends what it started; what is left then is killed with it.",
    "KillMode=mixed",
    "TimeoutStopSec=10s",
  ];
}

const resources = [
  "# Last in the line of the OOM killer, and on the CPU before what fills memory.",
  "OOMScoreAdjust=-900",
  "Nice=-5",
  "LimitMEMLOCK=infinity",
  "LimitCORE=0",
  "TasksMax=256",
  "# In the root slice: what is limited, stopped or killed in system.slice is not nsomem, and MemoryMin= holds, which",
  "# counts for no more than each slice above has of its own. Of cgroup v2; version 1 ignores it.",
  "Slice=-.slice",
  "MemoryMin=64M",
  "# What the runtime would obey (DefaultEnvironment= of systemd).",
  "UnsetEnvironment=BUN_OPTIONS BUN_INSPECT BUN_BE_BUN NODE_OPTIONS LD_PRELOAD",
];

function directories({ user }: UnitOptions): string[] {
  return [
    "StateDirectory=nsomem",
    "LogsDirectory=nsomem",
    "ConfigurationDirectory=nsomem",
    "RuntimeDirectory=nsomem",
    "StateDirectoryMode=0700",
    "LogsDirectoryMode=0700",
    "RuntimeDirectoryMode=0700",
    // Of root, and of the user's group where he reads it.
    `ConfigurationDirectoryMode=${user === undefined ? "0700" : "0750"}`,
    "# Which core has been signalled is known there for as long as the host runs.",
    "RuntimeDirectoryPreserve=yes",
    "UMask=0077",
  ];
}

function capabilities({ user }: UnitOptions): string[] {
  const wanted = capabilitiesOf(user);
  const names = wanted.map(({ name }) => name).join(" ");
  return [
    ...wanted.map(({ name, why }) => comment(`${name}: ${why}`)),
    `CapabilityBoundingSet=${names}`,
    ...(user === undefined ? [] : [`AmbientCapabilities=${names}`]),
  ];
}

function comment(text: string): string {
  return `# ${text}`;
}

/** As systemd reads a command line: "%" and "$" are its own. See systemd.service(5), systemd.syntax(7). */
function quoted(path: string): string {
  const escaped = path.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[A-Za-z0-9_/.+=:,@%$-]+$/.test(path) ? escaped : `"${escaped.replaceAll(/["\\]/g, "\\$&")}"`;
}
