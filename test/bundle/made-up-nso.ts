/** An NSO on disk, with an incident of it: what a bundle is made of. */

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bundleIncident } from "../../src/bundle/bundle-incident.ts";
import { defaultConfig } from "../../src/core/config.ts";
import { summariseIncident } from "../../src/core/incident.ts";
import { formatStep, type IncidentStep } from "../../src/core/incident-step.ts";
import { readIncident } from "../../src/record/incident-log.ts";
import { resolvePaths } from "../../src/record/paths.ts";
import { coreArgv, type MadeUpProc, makeProc } from "../linux/made-up-proc.ts";

export const atMs = Date.parse("2026-11-23T12:00:00Z");
export const incidentId = "20261123T120000-000-physical";
export const corePid = 4711;

export interface MadeUpNso {
  dir: string;
  /** NSO's run directory. */
  runDir: string;
  proc: MadeUpProc;
  /** Writes a file below the run directory; returns its path. */
  put(name: string, text: string): string;
  /** Below the incident's directory. */
  putEvidence(name: string, text: string): void;
  record(step: IncidentStep): void;
  /** Makes the bundle and unpacks it: the files by name, and what was said. */
  bundle(options?: {
    redact?: boolean;
    conffile?: string;
  }): Promise<{ files: Record<string, string>; said: string }>;
  close(): void;
}

/** NSO runs as PID 4711 of a made-up /proc, with its ncs.conf in the run directory. */
export function madeUpNso(): MadeUpNso {
  const dir = mkdtempSync(join(tmpdir(), "nsomem-nso-"));
  const runDir = join(dir, "run");
  const paths = resolvePaths({ home: join(dir, "home") });
  const incidentDir = join(paths.incidents, incidentId);
  mkdirSync(runDir);
  mkdirSync(incidentDir, { recursive: true });
  const proc = makeProc();
  const before = process.env.NSOMEM_PROC;
  process.env.NSOMEM_PROC = proc.dir;
  const nso: MadeUpNso = {
    ...{ dir, runDir, proc },
    put: (name, text) => write(join(runDir, name), text),
    putEvidence: (name, text) => void write(join(incidentDir, name), text),
    record: (step) =>
      writeFileSync(join(incidentDir, "incident.jsonl"), `${formatStep(atMs, step)}\n`, { flag: "a" }),
    async bundle({ redact = false, conffile } = {}) {
      const incident = readIncident(paths.incidents, incidentId);
      if (!incident) throw new Error("the incident is not there");
      const config = {
        ...defaultConfig(),
        nso: { ...defaultConfig().nso, ...(conffile ? { conffile } : {}) },
      };
      const out = join(dir, `b${redact}.tar.gz`);
      const summary = summariseIncident(incident.id, incident.steps);
      const choice = { pid: corePid };
      const request = { paths, config, choice, incident, summary, root: "i", redact };
      const said = await bundleIncident(request, {
        out,
        around: (_, pack) => pack(async () => {}),
      });
      const unpacked = mkdtempSync(join(dir, "unpacked-"));
      Bun.spawnSync(["tar", "-xzf", out, "-C", unpacked]);
      return { files: filesBelow(join(unpacked, "i")), said };
    },
    close() {
      if (before === undefined) delete process.env.NSOMEM_PROC;
      else process.env.NSOMEM_PROC = before;
      proc.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  // The incident begins with it.
  nso.record({ step: "resumed", pid: 1 });
  return nso;
}

/** The core as it runs: its environment and working directory. */
export function startCore(
  nso: MadeUpNso,
  environment: Record<string, string> = {},
  container?: { root: string; conffile: string; runDir: string },
): void {
  const argv = container ? [...coreArgv.slice(0, -1), container.conffile] : argvOf(nso);
  nso.proc.put({ pid: corePid, argv, uids: [0, 0, 0, 0] });
  const own = join(nso.proc.dir, String(corePid));
  const status = readFileSync(join(own, "status"), "utf8");
  writeFileSync(join(own, "status"), `${status}Gid:\t0\t0\t0\t0\nGroups:\t0\n`);
  const entries = Object.entries(environment).map(([name, value]) => `${name}=${value}\0`);
  writeFileSync(join(own, "environ"), entries.join(""));
  symlinkSync(container?.runDir ?? nso.runDir, join(own, "cwd"));
  if (!container) return;
  symlinkSync(container.root, join(own, "root"));
  for (const [of, namespace] of [
    [own, "mnt:[2]"],
    [join(nso.proc.dir, "self"), "mnt:[1]"],
  ] as const) {
    mkdirSync(join(of, "ns"), { recursive: true });
    symlinkSync(namespace, join(of, "ns/mnt"));
  }
}

export const argvOf = (nso: MadeUpNso) => [...coreArgv.slice(0, -1), join(nso.runDir, "ncs.conf")];

/** A line of NSO's own logs, this many seconds from the incident. */
export function logLine(seconds: number, text: string): string {
  const at = new Date(atMs + seconds * 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${two(at.getDate())}-Nov-${at.getFullYear()}`;
  return `<INFO> ${day}::${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.000 ${text}\n`;
}

function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function filesBelow(root: string): Record<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((name) => statSync(join(root, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(root, name), "latin1")]));
}
