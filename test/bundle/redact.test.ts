/** Secrets planted wherever one could be; the bundle with --redact is unpacked and looked through, file by file. */

import { afterEach, beforeEach, expect } from "bun:test";
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { defaultConfig, limitsOf } from "../../src/core/config.ts";
import { openHistory } from "../../src/record/history.ts";
import { madeUpProcess, madeUpSummary } from "../dump/made-up-summary.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { argvOf, atMs, logLine, type MadeUpNso, madeUpNso, startCore } from "./made-up-nso.ts";

let nso: MadeUpNso;
beforeEach(() => {
  nso = madeUpNso();
});
afterEach(() => nso.close());

const missing = missingCommand("tar", "gzip");
const secret = "hunter2PLANTED";

/** ncs.conf with every form of a secret, and one that nothing marks as such. */
function plantInConf(): void {
  nso.put(
    "ncs.conf",
    `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "${secret}">]><ncs-config x="${secret}">
    <!-- ${secret} --><encrypted-strings><AES256CFB128><key>${secret}</key></AES256CFB128></encrypted-strings>
    <hide-group><name>debug</name><password><![CDATA[${secret}]]></password></hide-group>
    <x:shared-secret>${secret}</x:shared-secret><anything>${secret}</anything>
    <logs><ncs-log><file><name>./logs/ncs.log</name></file></ncs-log></logs>
    <key>${secret}`,
  );
  nso.put("ncs.conf.d/part.conf", `<ncs-config><snmp><community>${secret}</community></snmp></ncs-config>`);
}

function plantInDumps(): void {
  const dump = nso.put("ncs_crash.dump", `=erl_crash_dump:0.5\n${secret}\n=end\n`);
  nso.record({
    step: "verdict",
    word: "complete",
    message: `${dump}: complete`,
    tookMs: 1,
    dump: { path: dump, bytes: Bun.file(dump).size, ending: "complete" },
  } as never);
  nso.record({ step: "dump-read", part: "whole", words: [`One process has 30 %: ${secret}.`], tookMs: 1 });
  for (const name of ["dump1.bin", "dump2.bin.gz", "dump3.bin.incomplete", "crash-ncs_crash.dump"])
    nso.putEvidence(name, secret);
  const process = madeUpProcess({ name: secret, started: secret, in: secret, under: secret });
  const { processes } = madeUpSummary();
  const largest = processes.largest.map((row) => ({ ...row, ...process }));
  const summary = madeUpSummary({ slogan: secret, processes: { ...processes, largest } });
  nso.putEvidence("dump-summary.json", JSON.stringify(summary));
  nso.putEvidence("dump-summary.txt", secret);
}

function plantInEvidence(): void {
  const row = ["4711", "1", "0", "S", "1000", "0", "1", "0", "ncs.smp"];
  const argv = ["python3", "startup.py", "-i", "l3vpn", secret, `--password=${secret}`].join(" ");
  nso.putEvidence("at-critical/processes.tsv", `pid\tnso\n${[...row, argv].join("\t")}\n`);
  nso.putEvidence("at-critical/meminfo.txt", "MemTotal: 1 kB\n");
  nso.putEvidence(
    "at-critical/ncs-conf-memory.xml",
    `<memory-management><a>${secret}</a></memory-management>`,
  );
  nso.putEvidence("at-warning/nso.json", JSON.stringify({ uid: 0, gid: 0, variables: { NCS_X: secret } }));
  for (const name of [
    "run-page-me.txt",
    "callback-crit_phy.txt",
    "ncs-status.txt",
    "at-warning/threads.txt",
    "evidence/jvm-classes.txt",
    "evidence/evidence.json",
    "core.txt",
    "left-by-a-script/core.txt",
    `named-${secret}.txt`,
  ])
    nso.putEvidence(name, secret);
}

function plantInRecord(): void {
  nso.record({
    step: "critical",
    ...{ rule: "crit_phy", reading: {}, pid: 4711, startTicks: 1, bootId: "", alike: false, prospect: null },
    argv: [...argvOf(nso), "-secret", secret, `-Dkey=${secret}`],
    places: [],
  } as never);
  for (const step of ["debug-dump-ended", "grower-evidence", "run-ended", "callback-ended"] as const)
    nso.record({
      step,
      path: "/x",
      file: "/x",
      outcome: "failed",
      message: `exit 1: ${secret}`,
      files: [],
    } as never);
  const grower = { pid: 1, group: "javavm", name: "NcsJVMLauncher", dir: "/x", outcome: "done", files: [] };
  nso.record({ step: "grower-evidence", ...grower, message: `largest: ${secret}` } as never);
  nso.record({ step: "of-a-later-version", message: secret, other: secret } as never);
  nso.record({ step: "signal-withheld", reason: `password=${secret}` });
}

function plantInLogs(): void {
  for (const name of ["ncs.log", "devel.log", "ncserr.log.1", "ncs-java-vm.log", "ncs-python-vm-a.log"])
    nso.put(`logs/${name}`, logLine(-1, secret));
  const logs = join(nso.dir, "home/logs");
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const stamp = new Date(atMs - 1000).toISOString();
  for (const name of ["monitor.log", "action.log", "agent.log"])
    appendFileSync(join(logs, name), `${stamp} [ERROR] ${secret}\n`, { mode: 0o600 });
  appendFileSync(
    join(logs, "monitor.log"),
    `${stamp} [MONITOR VERBOSE] [INFO] Committed_AS 1 KB/2 KB(50%)\n`,
  );
}

function plantInHistory(): void {
  const config = defaultConfig();
  const clock = { wallMs: () => atMs, monotonicMs: () => 1 };
  const limits = { physical: limitsOf("physical", config), allocated: limitsOf("allocated", config) };
  const meta = { version: "1", hostname: "host-PLANTED", timeZone: "UTC", limits };
  const retention = { ageMs: 1e12, bytesMax: 1e9 };
  const history = openHistory({
    path: join(nso.dir, "home/history.db"),
    meta,
    retention,
    onProblem: () => {},
    clock,
  });
  const host = { memUsedKib: 1, memTotalKib: 2, committedKib: 1, commitLimitKib: 2, overcommitMode: 0 };
  history.recordTick({ host: { atMs: atMs - 2000, ...host }, processes: [] });
  history.recordEvent({ atMs: atMs - 1000, type: "action", text: `run failed: ${secret}` });
  history.close();
}

function plant(): void {
  plantInConf();
  plantInRecord();
  plantInDumps();
  plantInEvidence();
  plantInLogs();
  plantInHistory();
  startCore(nso, {
    NCS_IPC_ACCESS_FILE: "/etc/ncs/ipc",
    NCS_JAVA_VM_OPTIONS: `-Dx=${secret}`,
    NCS_PASSWORD: secret,
  });
}

testUnless(
  missing,
  "with --redact no planted secret and no host name is in any file of the bundle",
  async () => {
    plant();
    const { files } = await nso.bundle({ redact: true });
    const found = Object.entries(files).filter(
      ([, text]) => text.includes(secret) || text.includes("PLANTED"),
    );
    expect(found.map(([name]) => name)).toEqual([]);
    expect(Object.keys(files).join("\n")).not.toContain("PLANTED");
    expect(files["now/host.txt"]).toBe("left out (--redact)\n");
  },
);

testUnless(missing, "without it they are there: the search finds what it looks for", async () => {
  plant();
  const { files } = await nso.bundle();
  const found = Object.entries(files).filter(([, text]) => text.includes(secret));
  const names = found.map(([name]) => name);
  for (const name of [
    "crash-dump/ncs_crash.dump",
    "incident.jsonl",
    "logs/agent.log",
    "nso/logs/devel.log",
    "run-page-me.txt",
    "report.html",
  ])
    expect(names).toContain(name);
  // ncs.conf's keys and the environment's passwords are nobody's business in any case.
  expect(files["nso/ncs.conf"]?.split(secret)).toHaveLength(2);
  expect(files["nso/environment.txt"]).toContain("NCS_PASSWORD=(left out)");
});

testUnless(missing, "what says how much memory there was stays", async () => {
  plant();
  const { files } = await nso.bundle({ redact: true });
  expect(files["dump-summary.txt"]).toContain("What used the memory");
  expect(files["SUMMARY.md"]).toContain("## What the crash dump says");
  expect(JSON.parse(files["dump-summary.json"] ?? "{}")).toMatchObject({ schema: 1 });
  expect(files["at-critical/meminfo.txt"]).toBe("MemTotal: 1 kB\n");
  expect(files["at-critical/processes.tsv"]).toContain("4711\t1\t0\tS\t1000");
  expect(files["logs/monitor.log"]).toContain("Committed_AS 1 KB/2 KB(50%)");
  expect(files["nso/environment.txt"]).toContain("NCS_IPC_ACCESS_FILE=/etc/ncs/ipc");
  expect(files["nso/ncs.conf"]).toContain("./logs/ncs.log");
  expect(files["SUMMARY.md"]).toContain("- nso/logs: left out (--redact)");
  expect(files["SUMMARY.md"]).toContain("host left out (--redact)");
});
