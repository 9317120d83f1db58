/** What the bundle holds of NSO itself, and how it says what it could not have. */

import { afterEach, beforeEach, describe, expect } from "bun:test";
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { formatNsoRecord } from "../../src/core/nso-record.ts";
import { readCore } from "../../src/linux/nso.ts";
import { readNsoRecord } from "../../src/linux/nso-record.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { argvOf, corePid, logLine, type MadeUpNso, madeUpNso, startCore } from "./made-up-nso.ts";

let nso: MadeUpNso;
beforeEach(() => {
  nso = madeUpNso();
  chmodSync(nso.dir, 0o755);
});
afterEach(() => nso.close());

const missing = missingCommand("tar", "gzip", "mkfifo");
const metaData = (name: string, version: string) =>
  `<ncs-package><name>${name}</name><package-version>${version}</package-version></ncs-package>`;

/** What a local installation has; `conf` goes into ncs.conf. */
function install(conf = ""): void {
  const logs = `<logs><ncs-log><file><name>./logs/ncs.log</name></file></ncs-log>
    <developer-log><enabled>true</enabled><file><name>\${NCS_LOG_DIR}/devel.log</name></file></developer-log>
    <error-log><filename>./logs/ncserr.log</filename></error-log></logs>`;
  nso.put("ncs.conf", `<ncs-config><state-dir>./state</state-dir>${logs}${conf}</ncs-config>`);
  nso.put("ncs.conf.d/more.conf", "<ncs-config><aaa><key>PLANTED</key></aaa></ncs-config>");
  nso.put("state/packages-in-use.cur/1/l3vpn/package-meta-data.xml", metaData("l3vpn", "1.2.3"));
  symlinkSync("packages-in-use.cur", join(nso.runDir, "state/packages-in-use"));
  nso.put("packages/newer/package-meta-data.xml", metaData("newer", "9"));
  nso.put(
    "logs/ncs.log",
    `${logLine(-7200, "long ago")}${logLine(-60, "a minute before")}${logLine(900, "later")}`,
  );
  nso.put("logs/devel.log", logLine(-30, "devel"));
  nso.put("logs/ncserr.log.1", "binary");
  nso.put("logs/ncserr.log.idx", "1");
  nso.put("logs/ncs-java-vm.log", logLine(-20, "java"));
  nso.put("logs/ncs-python-vm-l3vpn.log", logLine(-10, "python"));
  nso.put("inst/VERSION", "NSO 6.4.1\n");
}

/** Of the NSO of /other/ncs.conf. */
function recordCritical({ bootId }: { bootId: string }): void {
  const facts = {
    rule: "crit_phy",
    reading: {},
    pid: 1,
    startTicks: 1,
    bootId,
    alike: false,
    prospect: null,
  };
  const argv = [...argvOf(nso).slice(0, -1), "/other/ncs.conf"];
  nso.record({ step: "critical", ...facts, argv, places: ["/other/run/ncs_crash.dump"] });
  nso.record({ step: "signal-intended", pid: 1, signal: "SIGUSR1" });
}

const environment = () => ({
  NCS_DIR: join(nso.runDir, "inst"),
  NCS_LOG_DIR: join(nso.runDir, "logs"),
  NCS_IPC_SECRET: "PLANTED",
  OTHER: "not NSO's",
});

describe("the bundle of a running NSO", () => {
  testUnless(missing, "has what support asks for, from the places that ncs.conf names", async () => {
    install();
    startCore(nso, environment());
    const { files } = await nso.bundle();
    expect(files["nso/version.txt"]).toBe("NSO 6.4.1\n");
    expect(files["nso/packages.tsv"]).toContain("l3vpn\t1.2.3\t?");
    expect(files["nso/packages.tsv"]).not.toContain("newer");
    expect(files["nso/logs/ncs.log"]).toBe(logLine(-60, "a minute before"));
    expect(files["nso/logs/devel.log"]).toBe(logLine(-30, "devel"));
    expect(files["nso/logs/ncserr.log.1"]).toBe("binary");
    expect(files["nso/logs/ncs-java-vm.log"]).toContain("java");
    expect(files["nso/logs/ncs-python-vm-l3vpn.log"]).toContain("python");
    expect(files["nso/ncs.conf"]).toContain("<state-dir>./state</state-dir>");
    expect(files["nso/ncs.conf.d/more.conf"]).toContain("<key>(left out)</key>");
    expect(files["nso/environment.txt"]).toContain(`NCS_DIR=${nso.runDir}/inst`);
    expect(files["nso/environment.txt"]).not.toMatch(/PLANTED|OTHER/);
    expect(files["now/host.txt"]).toBe(`${hostname()}\n`);
    expect(files["SUMMARY.md"]).toContain("NSO 6.4.1");
    expect(files["SUMMARY.md"]).toContain("What to do next:");
    expect(files["SUMMARY.md"]).not.toMatch(/^- nso\/.*: (there is none|none in)/m);
  });

  testUnless(missing, "in a container is read in the container's own root", async () => {
    const root = join(nso.dir, "container");
    const put = (name: string, text: string) => {
      mkdirSync(join(root, name, ".."), { recursive: true });
      writeFileSync(join(root, name), text);
    };
    put("etc/ncs/ncs.conf", "<ncs-config><port>4711</port></ncs-config>");
    put("log/ncs.log", logLine(-1, "of the container"));
    put("log/ncs-java-vm.log", logLine(-1, "java"));
    put("nso/run/state/packages-in-use.cur/1/l2/package-meta-data.xml", metaData("l2", "2"));
    put("opt/ncs/current/VERSION", "NSO 6.5\n");
    // Its way out leads to the container's own root, and not to the host's.
    symlinkSync("/etc/passwd", join(root, "log/devel.log"));
    startCore(nso, {}, { root, conffile: "/etc/ncs/ncs.conf", runDir: "/nso/run" });
    const { files } = await nso.bundle();
    expect(files["nso/ncs.conf"]).toContain("4711");
    expect(files["nso/logs/ncs.log"]).toContain("of the container");
    expect(files["nso/logs/ncs-java-vm.log"]).toContain("java");
    expect(files["nso/logs/devel.log"]).toBeUndefined();
    expect(files["nso/packages.tsv"]).toContain("l2\t2");
    expect(files["nso/version.txt"]).toBe("NSO 6.5\n");
  });

  testUnless(missing, "says of each thing that is not there that it is not", async () => {
    startCore(nso, {});
    const { files } = await nso.bundle();
    const page = files["SUMMARY.md"] ?? "";
    expect(files["MISSING.txt"]).toContain("nso/ncs.conf: there is none\n");
    const notHere = page.slice(page.indexOf("## Not in here"));
    for (const name of ["ncs.conf", "packages.tsv", "logs/ncs.log", "logs/devel.log", "logs/ncserr.log"])
      expect(notHere).toContain(`- nso/${name}: `);
    expect(notHere).toContain("- nso/logs/ncs-java-vm.log: none in ");
    expect(notHere).toContain("- nso/logs/ncs-python-vm-NAME.log: none in ");
    expect(page).toContain("NSO of a version that is not known");
    expect(page).toContain('Fetch by hand what "Not in here" names');
  });

  testUnless(missing, "does not wait for a FIFO, and takes nothing through a link", async () => {
    install(`<logs><ncs-log><file><name>/etc/shadow</name></file></ncs-log></logs>`);
    writeFileSync(join(nso.dir, "secret.log"), "TOPSECRET");
    for (const name of ["devel.log", "ncs-java-vm.log", "ncs-python-vm-l3vpn.log"])
      rmSync(join(nso.runDir, "logs", name));
    symlinkSync(join(nso.dir, "secret.log"), join(nso.runDir, "logs/devel.log"));
    symlinkSync("/etc/passwd", join(nso.runDir, "logs/ncs-python-vm-l3vpn.log"));
    execFileSync("mkfifo", [join(nso.runDir, "logs/ncs-java-vm.log")]);
    startCore(nso, environment());
    const { files } = await nso.bundle();
    const all = Object.values(files).join("\n");
    expect(all).not.toContain("TOPSECRET");
    expect(all).not.toContain("root:");
    expect(files["SUMMARY.md"]).toContain("/etc/shadow: it is not named as a log");
    expect(files["SUMMARY.md"]).toContain("devel.log is a symbolic link");
    expect(files["SUMMARY.md"]).toContain("ncs-java-vm.log is a FIFO (named pipe)");
  });

  testUnless(
    missing ?? (process.getuid?.() === 0 ? undefined : "only root can give a directory away"),
    "takes nothing out of a stranger's directory",
    async () => {
      install();
      chownSync(join(nso.runDir, "logs"), 65534, 65534);
      startCore(nso, environment());
      const { files } = await nso.bundle();
      expect(Object.keys(files).filter((name) => name.startsWith("nso/logs/"))).toEqual([]);
      expect(files["SUMMARY.md"]).toContain("logs belongs to user 65534, neither to root nor to NSO's user");
    },
  );
});

describe("the bundle of an NSO that has ended", () => {
  testUnless(missing, "reads its places from what was kept at the incident", async () => {
    install();
    startCore(nso, environment());
    const core = readCore(nso.proc.dir, corePid);
    const record = core && readNsoRecord(nso.proc.dir, core);
    expect(JSON.stringify(record)).not.toContain("PLANTED");
    if (record) nso.putEvidence("at-critical/nso.json", formatNsoRecord(record));
    nso.proc.remove(corePid);
    const { files } = await nso.bundle();
    expect(files["nso/version.txt"]).toBe("NSO 6.4.1\n");
    expect(files["nso/logs/ncs.log"]).toBe(logLine(-60, "a minute before"));
    expect(files["nso/environment.txt"]).toContain("as recorded at the incident");
  });

  testUnless(missing, "in a container says that its files went with it", async () => {
    const record = { uid: 0, gid: 0, groups: [], confFile: "/etc/ncs/ncs.conf", runDir: "/nso/run" };
    const kept = { ...record, executable: undefined, isContained: true, variables: {} };
    nso.putEvidence("at-critical/nso.json", formatNsoRecord(kept));
    const { files } = await nso.bundle();
    const page = files["SUMMARY.md"];
    expect(page).toContain("- nso/ncs.conf: it lay in a container that has ended");
    expect(files["nso/version.txt"]).toBe("not known: it lay in a container that has ended\n");
  });

  testUnless(missing, "of another boot has no lines of the kernel's log of this one", async () => {
    recordCritical({ bootId: "of-another-boot" });
    mkdirSync(join(nso.proc.dir, "sys/kernel/random"), { recursive: true });
    writeFileSync(join(nso.proc.dir, "sys/kernel/random/boot_id"), "of-this-boot\n");
    const { files } = await nso.bundle();
    expect(files["now/kernel-oom.txt"]).toBeUndefined();
    expect(files["SUMMARY.md"]).toContain("now/kernel-oom.txt: the host was started anew since");
  });

  testUnless(missing, "on a host with another NSO takes nothing of that one", async () => {
    install();
    recordCritical({ bootId: "" });
    startCore(nso, environment());
    const { files } = await nso.bundle();
    expect(Object.keys(files).filter((name) => name.startsWith("nso/logs/"))).toEqual([]);
    expect(files["nso/ncs.conf"]).toBeUndefined();
    expect(files["nso/packages.tsv"]).toBeUndefined();
  });
});
