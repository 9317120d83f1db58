/** What the unit permits and forbids, each with its reason: found by trial (facts 2.18), and shown in test/host. */

export interface Capability {
  name: string;
  /** What it is needed for. */
  why: string;
}

/** Of the service: as root those that it uses; as NSO's user the one that he has not by being the same user. */
export function capabilitiesOf(user: string | undefined): readonly Capability[] {
  return user === undefined ? rootCapabilities : userCapabilities;
}

const scoreCapability: Capability = {
  name: "CAP_SYS_RESOURCE",
  why: "lowers NSO's oom_score_adj while it dumps; without it that of its VMs is raised instead",
};

const rootCapabilities: readonly Capability[] = [
  { name: "CAP_KILL", why: "SIGUSR1 to a core of another user" },
  {
    name: "CAP_SYS_PTRACE",
    why: "that core's executable, run directory and mounts, also under hidepid",
  },
  {
    name: "CAP_DAC_READ_SEARCH",
    why: "its environment, its crash dump, its configuration, the memory of its VMs",
  },
  {
    name: "CAP_DAC_OVERRIDE",
    why: "its oom_score_adj, an older dump that is moved aside, the small file that asks its disk",
  },
  scoreCapability,
  { name: "CAP_IPC_LOCK", why: "locks the agent's own pages, as LimitMEMLOCK= does" },
  { name: "CAP_SETUID CAP_SETGID", why: "runs ncs as NSO's user, and reads his dump with his rights alone" },
  { name: "CAP_CHOWN", why: "hands him a directory for his debug dumps, and takes them over" },
  { name: "CAP_FOWNER", why: "moves aside what is in a dump's way in a sticky directory, as /var/tmp is" },
  { name: "CAP_SYSLOG", why: "reads from the kernel's log whom the OOM killer took" },
];

const userCapabilities: readonly Capability[] = [scoreCapability];

/** Lines of the unit that belong together. */
export interface Sandbox {
  lines: readonly string[];
  why: readonly string[];
}

export function sandboxOf(user: string | undefined): readonly Sandbox[] {
  return user === undefined ? [...shared, ...ofRoot] : [...shared, ...ofUser];
}

const shared: readonly Sandbox[] = [
  {
    lines: [
      "NoNewPrivileges=yes",
      "ProtectKernelTunables=yes",
      "ProtectKernelModules=yes",
      "ProtectClock=yes",
      "ProtectHostname=yes",
      "RestrictNamespaces=yes",
      "RestrictRealtime=yes",
      "RestrictSUIDSGID=yes",
      "LockPersonality=yes",
      "SystemCallArchitectures=native",
      "KeyringMode=private",
      "PrivateIPC=yes",
    ],
    why: [],
  },
  {
    lines: ["ProtectSystem=full", "ProtectHome=read-only", "PrivateTmp=yes"],
    why: [
      'Not "strict", nor hidden homes: NSO\'s run directory, and what your own executables write, may be anywhere.',
      "NSO's files are reached in NSO's own mounts, so its /tmp is there too.",
    ],
  },
  {
    lines: ["RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6"],
    why: [
      "NSO's IPC is TCP, and your own executables may call a pager: so neither PrivateNetwork= nor IPAddressDeny=.",
    ],
  },
  {
    lines: ["SystemCallFilter=@system-service", "SystemCallErrorNumber=EPERM"],
    why: ["Refused and not killed: what may not be called is done without."],
  },
  {
    lines: ["MemoryDenyWriteExecute=no"],
    why: ["The runtime compiles what it runs, and reaches libc (pidfd, mlock, sd_notify) by that."],
  },
  {
    lines: ["ProcSubset=all"],
    why: ["/proc/meminfo is what it is about."],
  },
  {
    lines: ["PrivateUsers=no"],
    why: ["In a user namespace no signal reaches NSO."],
  },
];

const ofRoot: readonly Sandbox[] = [
  {
    lines: ["ProtectProc=default"],
    why: ["What it runs as NSO's user is to see what that user sees."],
  },
  {
    lines: ["DevicePolicy=closed", "DeviceAllow=/dev/kmsg r"],
    why: ["Neither PrivateDevices= nor ProtectKernelLogs=: /dev/kmsg says whom the OOM killer took."],
  },
  {
    lines: ["ProtectControlGroups=no"],
    why: ["NSO's memory.high is lifted while it dumps."],
  },
];

const ofUser: readonly Sandbox[] = [
  {
    lines: ["ProtectProc=default"],
    why: ["Other OOM daemons, and whoever grew beside NSO, are other users' processes."],
  },
  {
    lines: ["PrivateDevices=yes", "ProtectKernelLogs=yes", "ProtectControlGroups=yes", "RemoveIPC=yes"],
    why: [],
  },
];
