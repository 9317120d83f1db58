/** The single steps of the drill: each returns what it found, or throws why it failed. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { embeddedTool } from "../agent/sources/embedded-tool.ts";
import { runPath } from "../core/action.ts";
import { factsOf } from "../core/action-facts.ts";
import type { Config } from "../core/config.ts";
import { NsomemError } from "../core/errors.ts";
import type { Level } from "../core/level.ts";
import { parseLine } from "../core/line.ts";
import type { MemoryKind, Reading } from "../core/reading.ts";
import { decide, type Firing, rulesOf } from "../core/rule.ts";
import { formatDuration, formatKib, percentOf } from "../core/units.ts";
import { findNcs } from "../linux/ncs-command.ts";
import { type Core, findCores, isSameCore, readCore } from "../linux/nso.ts";
import { openPidfd } from "../linux/pidfd.ts";
import { readOvercommitMode } from "../linux/procfs.ts";
import type { Roots } from "../linux/roots.ts";
import type { Paths } from "../record/paths.ts";
import { callbackHost } from "../rescue/own/callback.ts";
import { callCallback } from "../rescue/own/callback-call.ts";
import type { DrillOptions } from "./drill.ts";

const freeKibMin = 100 * 1024;
const toolMsMax = 3000;
export const decoyMsMax = 15_000;
const versionMsMax = 10_000;

export function directories({ state, incidents, logs, runtime }: Paths): [name: string, dir: string][] {
  return [
    ["state directory", state],
    ["incident directory", incidents],
    ["log directory", logs],
    ["runtime directory", runtime],
  ];
}

/** Writable, shown by writing; and with room. */
export function checkDirectory(dir: string): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  rmSync(mkdtempSync(join(dir, "drill-")), { recursive: true });
  const { bavail, bsize } = statfsSync(dir);
  const freeKib = (bavail * bsize) / 1024;
  if (freeKib < freeKibMin)
    throw new NsomemError(
      "SPACE",
      `${dir} has ${formatKib(freeKib)} left; at least ${formatKib(freeKibMin)} are needed`,
    );
  return `${dir} is writable, ${formatKib(freeKib)} free`;
}

/** Unpacks the tool, runs it and waits for its first reading. */
export async function firstReading(config: Config, runtimeDir: string, roots: Roots): Promise<string> {
  const startedMs = performance.now();
  const first = Promise.withResolvers<Reading>();
  const complaints: string[] = [];
  const source = embeddedTool({ config, runtimeDir, roots })(
    {
      onLine(line) {
        const parsed = parseLine(line, Date.now());
        if (parsed.kind === "reading" && parsed.reading.kind === "physical") first.resolve(parsed.reading);
        return true;
      },
      onNews: (text, tone) => void (tone === "warning" && complaints.push(text)),
    },
    undefined,
  );
  const late = Bun.sleep(toolMsMax).then(() => undefined);
  const reading = await Promise.race([first.promise, late]);
  const tookMs = performance.now() - startedMs;
  await source.stop();
  if (!reading)
    throw new NsomemError(
      "TOOL",
      `no reading in ${formatDuration(toolMsMax)}${complaints.map((text) => `; ${text}`).join("")}`,
    );
  return `first reading after ${formatDuration(tookMs)}: physical ${percentOf(reading.usedKib, reading.limitKib)} %`;
}

/** What each rule would do on this host now. */
export function describeRules(config: Config, procDir: string): string {
  const overcommitMode = readOvercommitMode(procDir);
  return rulesOf(config)
    .filter(({ actions }) => actions.length > 0)
    .map((rule) => {
      const level: Level = typeof rule.on === "string" ? rule.on : "normal";
      const firing: Firing = { rule, level, reading: madeUpReading(rule.kind, level), episodeId: null };
      const [first] = decide(firing, config, { nowMs: 0, overcommitMode, lastRunMs: {} });
      const advisory = first?.verdict === "skip" ? " (advisory here)" : "";
      return `${rule.name}: ${rule.actions.join(", ")}${advisory}`;
    })
    .join("; ");
}

function madeUpReading(kind: MemoryKind, level: Level): Reading {
  return {
    kind,
    level,
    usedKib: 96,
    limitKib: 100,
    thresholdPercent: 95,
    ceiling: "host",
    atMs: Date.now(),
    source: "in-process",
  };
}

export async function probeNcs(config: Config, procDir: string): Promise<string> {
  const [core] = findCores(procDir);
  const { ncs, lookedIn } = findNcs({
    configured: config.nso.command,
    path: process.env.PATH,
    ncsDir: process.env.NCS_DIR,
    coreExecutable: core?.argv[0],
  });
  if (!ncs) throw new NsomemError("NCS", `ncs not found in ${lookedIn.join(", ")}; set [nso] command`);
  const child = Bun.spawn([ncs, "--version"], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: versionMsMax,
    killSignal: "SIGKILL",
  });
  const [said, complaint] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  const code = await child.exited;
  if (code !== 0)
    throw new NsomemError("NCS", `${ncs} --version: exit ${code}: ${complaint.trim().slice(0, 200)}`);
  return `${ncs} --version: ${said.trim().split("\n")[0]?.slice(0, 80) ?? ""}`;
}

export function executablesOf(config: Config): string[] {
  return [
    ...new Set(rulesOf(config).flatMap(({ actions }) => actions.flatMap((word) => runPath(word) ?? []))),
  ];
}

/** Calls an export with made-up facts and `dry_run`; built-in actions answer that nothing was done. */
export async function dryCall(
  config: Config,
  name: string,
  scratch: string,
  options: DrillOptions,
): Promise<string> {
  const rule = rulesOf(config).find((known) => known.name === name);
  const kind = rule?.kind ?? "physical";
  const level: Level = typeof rule?.on === "string" ? rule.on : "normal";
  const reading = madeUpReading(kind, level);
  const outcome = await callCallback({
    host: callbackHost(),
    file: config.callbacks.file ?? "",
    name,
    facts: factsOf({
      action: { do: "callback", rule: name, kind, level, episodeId: null, reading },
      corePid: undefined,
      overcommitMode: readOvercommitMode(options.roots.procDir),
      dryRun: true,
      incidentDir: scratch,
    }),
    timeoutMs: config.callbacks.timeout,
    ask: async (action) => ({ outcome: "skipped", message: `${action}: dry run`, files: [] }),
    onLog: () => {},
    signal: options.signal,
  });
  if (outcome.outcome !== "done") throw new NsomemError("CALLBACK", outcome.message);
  return `${outcome.message} (dry)`;
}

export async function recognised(procDir: string, pid: number): Promise<Core> {
  const endsMs = performance.now() + decoyMsMax;
  while (performance.now() < endsMs) {
    const core = readCore(procDir, pid);
    if (core) return core;
    await Bun.sleep(20);
  }
  throw new NsomemError("DECOY", `PID ${pid} was not recognised in ${formatDuration(decoyMsMax)}`);
}

/** The signal as it goes to NSO: by pidfd after a last look at who it is. */
export async function signalDecoy(procDir: string, core: Core, exited: Promise<number>): Promise<string> {
  const pidfd = openPidfd(core.pid);
  if (!isSameCore(procDir, core)) throw new NsomemError("DECOY", `PID ${core.pid} has ended by itself`);
  const startedMs = performance.now();
  const sent = pidfd ? pidfd.send("SIGUSR1") : process.kill(core.pid, "SIGUSR1");
  pidfd?.close();
  if (!sent) throw new NsomemError("DECOY", `SIGUSR1 to the decoy (PID ${core.pid}) was refused`);
  const code = await Promise.race([exited, Bun.sleep(decoyMsMax).then(() => undefined)]);
  if (code === undefined)
    throw new NsomemError("DECOY", `the decoy has not ended ${formatDuration(decoyMsMax)} after SIGUSR1`);
  const way = pidfd ? "by pidfd" : "by kill(2), as this kernel has no pidfd";
  return `SIGUSR1 ${way}; the decoy ended after ${formatDuration(performance.now() - startedMs)} with exit ${code}`;
}

export function readDump(path: string): string {
  const text = readFileSync(path, "latin1");
  if (!text.trimEnd().endsWith("=end")) throw new NsomemError("DUMP", `${path} has no end mark`);
  return `${formatKib(text.length / 1024)}, complete`;
}

/** Signal 0 asks for the permission and sends nothing. */
export function checkPermission({ roots, isDecoy }: Pick<DrillOptions, "roots" | "isDecoy">): string {
  const cores = findCores(roots.procDir).filter((core) => !isDecoy(core));
  if (cores.length === 0) return "no NSO is running: nothing to check";
  for (const core of cores)
    try {
      process.kill(core.pid, 0);
    } catch {
      throw new NsomemError(
        "PERMISSION",
        `PID ${core.pid} may not be signalled; run as root or as NSO's user`,
      );
    }
  return cores.map((core) => `PID ${core.pid} may be signalled`).join("; ");
}
