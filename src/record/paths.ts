/**
 * Where nsomem keeps its files: for root and for the user of its service by the system's directories, for others by the
 * XDG base directories.
 */

import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { usageError } from "../core/errors.ts";
import type { Given } from "../core/hint.ts";

export interface Paths {
  config: string;
  /** history.db, incidents/, graphs/ */
  state: string;
  history: string;
  incidents: string;
  /** nsomem.lock: who holds it is the agent of this state directory. */
  lockFile: string;
  graphs: string;
  /** When each action last ran, for the cool-down over restarts. */
  lastRuns: string;
  /** monitor.log, action.log, agent.log */
  logs: string;
  monitorLog: string;
  actionLog: string;
  /** The rows that "nsomem replay" computes as well. */
  decisionsLog: string;
  agentLog: string;
  /** nsomem.pid, status.json, the private directory of the unpacked tool; the lock where the state takes none */
  runtime: string;
  pidFile: string;
  statusFile: string;
  /** A file for each core that has an agent or was signalled: the same for every --home and --name of this user. */
  cores: string;
}

/** What the paths depend on, so that tests need neither root nor a real home. */
export interface PathsInput {
  home?: string | undefined;
  /** For several NSO on one host: everything is in `instances/NAME` below its usual place. */
  name?: string | undefined;
  uid?: number | undefined;
  env?: Record<string, string | undefined>;
  /** Whose a directory is; undefined where it is not there. */
  ownerOf?: (dir: string) => number | undefined;
}

/**
 * All paths for `--home DIR`, for root, or for another user by the XDG base directories. Absolute; creates nothing.
 * Throws NsomemError USAGE (exit 2) for a name that is not one.
 */
export function resolvePaths({ name, ...input }: PathsInput = {}): Paths {
  const dirs = usualDirs(input);
  const cores = coresDir(input);
  if (name === undefined) return pathsIn(dirs, cores);
  if (!nameForm.test(name)) throw usageError(`--name takes letters, digits, "_", "." and "-", not "${name}"`);
  const below = (dir: string) => join(dir, "instances", name);
  return pathsIn(
    {
      config: below(dirs.config),
      state: below(dirs.state),
      logs: below(dirs.logs),
      runtime: below(dirs.runtime),
    },
    cores,
  );
}

/**
 * Root's is in memory, where no disk can stall a write, and lives as long as the cores do. The run directory of another
 * user goes with his last session.
 */
function coresDir(input: PathsInput): string {
  const { uid = process.getuid?.() } = input;
  const { runtime, state } = usualDirs({ ...input, home: undefined });
  return join(uid === 0 ? runtime : state, "cores");
}

const nameForm = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** The options by which a command reaches the state directory of another agent of this user. */
export function givenFor(state: string, input: Omit<PathsInput, "home" | "name"> = {}): Given {
  const [, whole = state, name] = /^(.*)\/instances\/([^/]+)$/.exec(state) ?? [];
  return { home: whole === usualDirs(input).state ? undefined : whole, name };
}

interface Dirs {
  config: string;
  state: string;
  logs: string;
  runtime: string;
}

type DirsInput = Omit<PathsInput, "name">;

function usualDirs({ home, env = process.env, ...input }: DirsInput): Dirs {
  if (home !== undefined) {
    const root = resolve(home);
    return { config: root, state: root, logs: join(root, "logs"), runtime: root };
  }
  const dirs = isServiceUser(input) ? serviceDirs : homeDirs(env);
  return {
    config: givenDir(env.CONFIGURATION_DIRECTORY) ?? dirs.config,
    state: givenDir(env.STATE_DIRECTORY) ?? dirs.state,
    logs: givenDir(env.LOGS_DIRECTORY) ?? dirs.logs,
    runtime: givenDir(env.RUNTIME_DIRECTORY) ?? dirs.runtime,
  };
}

/** What the service manager made for its service; the first where it made several. See systemd.exec(5). */
function givenDir(list: string | undefined): string | undefined {
  const first = list?.split(":")[0];
  return first?.startsWith("/") ? first : undefined;
}

/** Also what the unit of `nsomem service install` asks for. */
export const serviceDirs: Readonly<Dirs> = {
  config: "/etc/nsomem",
  state: "/var/lib/nsomem",
  logs: "/var/log/nsomem",
  runtime: "/run/nsomem",
};

/** Root, and whoever the service runs as: his commands must find its agent. */
function isServiceUser({ uid = process.getuid?.(), ownerOf = ownerOfDirectory }: DirsInput): boolean {
  return uid === 0 || ownerOf(serviceDirs.state) === uid;
}

function ownerOfDirectory(dir: string): number | undefined {
  try {
    return statSync(dir, { throwIfNoEntry: false })?.uid;
  } catch {
    return undefined;
  }
}

function homeDirs(env: Record<string, string | undefined>): Dirs {
  const userHome = env.HOME ?? "/";
  const state = join(env.XDG_STATE_HOME ?? join(userHome, ".local/state"), "nsomem");
  return {
    config: join(env.XDG_CONFIG_HOME ?? join(userHome, ".config"), "nsomem"),
    state,
    logs: join(state, "logs"),
    runtime: env.XDG_RUNTIME_DIR ? join(env.XDG_RUNTIME_DIR, "nsomem") : state,
  };
}

function pathsIn(dirs: Dirs, cores: string): Paths {
  return {
    config: join(dirs.config, "nsomem.toml"),
    state: dirs.state,
    history: join(dirs.state, "history.db"),
    incidents: join(dirs.state, "incidents"),
    lockFile: join(dirs.state, "nsomem.lock"),
    graphs: join(dirs.state, "graphs"),
    lastRuns: join(dirs.state, "last-runs.json"),
    logs: dirs.logs,
    monitorLog: join(dirs.logs, "monitor.log"),
    actionLog: join(dirs.logs, "action.log"),
    decisionsLog: join(dirs.logs, "decisions.log"),
    agentLog: join(dirs.logs, "agent.log"),
    runtime: dirs.runtime,
    pidFile: join(dirs.runtime, "nsomem.pid"),
    statusFile: join(dirs.runtime, "status.json"),
    cores,
  };
}
