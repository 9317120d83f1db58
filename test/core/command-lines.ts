/** Command lines that are NSO's and that are not, one table for both implementations: src/core/nso.ts and plot.sh. */

import type { NsoProcess } from "../../src/core/nso.ts";

interface CommandLine {
  /** Completes the sentence "…is NSO's" or "…is not NSO's". */
  what: string;
  argv: string[];
}

export interface NsoCommandLine extends CommandLine {
  is: NsoProcess;
}

const startup = "/opt/ncs/current/src/ncs/pyapi/ncs_pyvm/startup.py";
const pyvm = (name: string) => ["-l", "info", "-f", "./logs/ncs-python-vm", "-i", name];
const core = { group: "core", name: "ncs.smp" } as const;

/** The emulator's arguments as NSO 6 starts it (facts 3.1). */
export const coreArguments = (conffile = "/etc/ncs/ncs.conf") => [
  ...["-K", "true", "-P", "277140", "--", "-root", "/opt/ncs/current/lib/ncs", "-progname", "ncs", "--"],
  ...["-home", "/", "--", "-boot", "ncs", "-ncs", "true", "-noshell", "-noinput", "-foreground"],
  ...["-yaws", "embedded", "true", "-kernel", "gethost_poolsize", "16", "-stacktrace_depth", "24"],
  ...["-shutdown_time", "30000", "-conffile", conffile, "-max_fds", "1000000", "--"],
];

export const coreArgv = (conffile?: string) => [
  "/opt/ncs/current/lib/ncs/erts/bin/ncs.smp",
  ...coreArguments(conffile),
];
export const jvmArgv = [
  ...["java", "-classpath", ":/opt/ncs/current/java/jar/*", "-Dhost=127.0.0.1", "-Dport=4569"],
  ...["-Djvm.restart.enabled=false", "com.tailf.ncs.NcsJVMLauncher"],
];
export const vmArgv = (name: string) => ["python3", "-u", startup, ...pyvm(name), "-s", "/var/opt/ncs"];

export const nsoCommandLines: NsoCommandLine[] = [
  { what: "the core of a system install", argv: coreArgv(), is: core },
  {
    what: "a core without SMP",
    argv: ["/opt/ncs/lib/ncs/erts/bin/ncs", ...coreArguments()],
    is: { group: "core", name: "ncs" },
  },
  {
    what: "the core of a local build",
    argv: ["/usr/lib/erlang/erts-13/bin/beam.smp", ...coreArguments()],
    is: { group: "core", name: "beam.smp" },
  },
  {
    what: "a core whose boot script is given by its path",
    argv: ["beam.smp", "-K", "true", "--", "-boot", "/opt/ncs/bin/ncs"],
    is: { group: "core", name: "beam.smp" },
  },
  { what: "the JavaVM", argv: jvmArgv, is: { group: "javavm", name: "NcsJVMLauncher" } },
  {
    what: "a JavaVM by the path of its java",
    argv: ["/usr/lib/jvm/java-17/bin/java", ...jvmArgv.slice(1)],
    is: { group: "javavm", name: "NcsJVMLauncher" },
  },
  { what: "a Python VM", argv: vmArgv("bgworker"), is: { group: "pythonvm", name: "bgworker" } },
  {
    what: "a Python VM whose name is its last token",
    argv: ["python3", "-u", startup, ...pyvm("resource-manager")],
    is: { group: "pythonvm", name: "resource-manager" },
  },
  {
    what: "a Python VM of a versioned interpreter",
    argv: ["/usr/bin/python3.11", "-u", startup, ...pyvm("bgworker")],
    is: { group: "pythonvm", name: "bgworker" },
  },
  {
    what: "a Python VM under coverage",
    argv: ["coverage", "run", "--parallel-mode", startup, ...pyvm("tested")],
    is: { group: "pythonvm", name: "tested" },
  },
  {
    what: "a Python VM under an interpreter running coverage",
    argv: ["/usr/bin/python3", "/usr/bin/coverage", "run", startup, ...pyvm("tested")],
    is: { group: "pythonvm", name: "tested" },
  },
  {
    what: "a Python VM whose interpreter also takes -i",
    argv: ["python3", "-i", startup, ...pyvm("bgworker")],
    is: { group: "pythonvm", name: "bgworker" },
  },
  ...[["--id", "long"], ["--id=longer"], ["-iglued"]].map((option) => ({
    what: `a Python VM that is named by ${option.join(" ")}`,
    argv: ["python3", "-u", startup, "--log-level", "info", ...option, "-s", "/var/opt/ncs"],
    is: { group: "pythonvm" as const, name: option.join(" ").replace(/^(--id[ =]|-i)/, "") },
  })),
  {
    what: "a Python VM that upgrades components",
    argv: ["python3", "-u", startup.replace("startup", "upgrade"), ...pyvm("upgraded"), "-u"],
    is: { group: "pythonvm", name: "upgraded" },
  },
  {
    what: "a Python VM under debugpy",
    argv: ["python3", "-u", "-m", "debugpy", "--listen", "0.0.0.0:5678", startup, ...pyvm("debugged")],
    is: { group: "pythonvm", name: "debugged" },
  },
  {
    what: "a Python VM under coverage as a module, with the long option",
    argv: ["python3", "-m", "coverage", "run", "-p", startup, "--id", "tested"],
    is: { group: "pythonvm", name: "tested" },
  },
  {
    what: "a Python VM whose name looks like an option",
    argv: ["python3", startup, "-i", "--id=x"],
    is: { group: "pythonvm", name: "--id=x" },
  },
  {
    what: "a Python VM with spaces and quotes in its name",
    argv: vmArgv(`a "quoted" 'name'  x`),
    is: { group: "pythonvm", name: `a "quoted" 'name'  x` },
  },
  {
    what: "a Python VM whose name is shell code",
    argv: vmArgv("$(touch pwned)`touch pwned`; a[$(touch pwned)]"),
    is: { group: "pythonvm", name: "$(touch pwned)`touch pwned`; a[$(touch pwned)]" },
  },
];

const joined = coreArgv().join(" ");

export const otherCommandLines: CommandLine[] = [
  { what: "a shell that runs the words", argv: ["bash", "-c", joined] },
  { what: "a shell whose arguments are the core's", argv: ["/bin/sh", ...coreArgv()] },
  { what: "the start script of NSO", argv: ["/bin/sh", "/opt/ncs/current/bin/ncs", "--foreground", "-v"] },
  { what: "pgrep for the core", argv: ["pgrep", "-f", "ncs.smp.*-boot ncs"] },
  { what: "pgrep with the core's arguments", argv: ["pgrep", ...coreArgv()] },
  { what: "grep for the JavaVM", argv: ["grep", "com.tailf.ncs.NcsJVMLauncher"] },
  { what: "vim on the start-up file", argv: ["vim", startup, "-i", "bgworker"] },
  { what: "tail of a core's log", argv: ["tail", "-f", "/log/ncs.smp", "-boot", "ncs"] },
  {
    what: "ConfD",
    argv: [
      ...["/opt/confd/lib/confd/erts/bin/confd", "-K", "false", "-P", "277140", "--", "-root", "/opt/confd"],
      ...[
        "-progname",
        "confd",
        "--",
        "-home",
        "/",
        "--",
        "-boot",
        "confd",
        "-noinput",
        "-conffile",
        "c.conf",
      ],
    ],
  },
  {
    what: "ConfD on the emulator's own name",
    argv: ["beam.smp", "-K", "true", "--", "-boot", "confd", "-conffile", "/etc/confd.conf"],
  },
  { what: "confd.smp", argv: ["/opt/confd/erts/bin/confd.smp", "-K", "false", "--", "-boot", "confd"] },
  { what: "confd.smp booting ncs", argv: ["/opt/confd/erts/bin/confd.smp", "--", "-boot", "ncs"] },
  { what: "an Erlang shell", argv: ["/usr/lib/erlang/erts-13/bin/beam.smp", "--", "-root", "/usr", "-boot"] },
  { what: "a beam whose boot script only begins with ncs", argv: ["beam.smp", "--", "-boot", "ncs_test"] },
  { what: "the core's line as one token", argv: [joined] },
  { what: "another java", argv: ["java", "-jar", "jenkins.war", "com.tailf.ncs.NcsJVMLauncherX"] },
  { what: "a java with the class in a longer token", argv: ["java", "-Dmain=com.tailf.ncs.NcsJVMLauncher"] },
  { what: "javac", argv: ["javac", "com.tailf.ncs.NcsJVMLauncher"] },
  { what: "another Python program", argv: ["python3", "-u", "/opt/app/startup.py", "-i", "bgworker"] },
  { what: "a Python VM without a name", argv: ["python3", "-u", startup, "-l", "info"] },
  { what: "a Python VM with an empty name", argv: ["python3", "-u", startup, "-i", ""] },
  { what: "a Python VM with an empty long name", argv: ["python3", startup, "--id="] },
  { what: "a Python VM whose last token asks for a name", argv: ["python3", startup, "--id"] },
  { what: "a Python VM whose interpreter is named", argv: ["python3", "--id", "x", startup, "-l", "info"] },
  { what: "another upgrade.py", argv: ["python3", "/opt/app/upgrade.py", "-i", "bgworker"] },
  { what: "the start-up file itself", argv: [startup, "-i", "bgworker"] },
  { what: "python-config", argv: ["python3-config", startup, "-i", "bgworker"] },
  {
    what: "a multiprocessing helper",
    argv: [
      "python3",
      "-c",
      "from multiprocessing.spawn import spawn_main; spawn_main()",
      "--multiprocessing-fork",
    ],
  },
  { what: "ncs_cli", argv: ["ncs_cli", "-u", "admin", "-C"] },
  { what: "a debug dump", argv: ["/opt/ncs/current/bin/ncs", "--debug-dump", "/tmp/dump1.bin"] },
  { what: "erl_child_setup", argv: ["erl_child_setup", "65536"] },
  { what: "an empty first token", argv: ["", ...coreArguments()] },
];
