/** Hosts with several processes, and which of them belong to a core: one table for both implementations. */

import { standInLabel } from "../../src/core/nso.ts";
import { coreArgv, jvmArgv, vmArgv } from "./command-lines.ts";

export interface TreeProcess {
  pid: number;
  /** 1 where it is left out: started by init. */
  ppid?: number;
  argv: string[];
  /** Real, effective, saved and file system user. Left out: of the user who runs the test, as all others then are. */
  uids?: readonly number[];
  /** The text of /proc/PID/cgroup; null: not to be read. */
  cgroup?: string | null;
  /**
   * How it belongs to the core that is followed: as a VM, as a child that a Python VM started, or as a child of the
   * JavaVM, whose memory the tool does not add to the JavaVM's: its data file is that of one process, as inherited.
   */
  belongs?: "vm" | "child" | "child, not measured";
}

export interface ProcessTree {
  /** Completes the sentence "the family of a core …". */
  what: string;
  followed: number;
  processes: TreeProcess[];
}

const shell = ["sh", "-c", "…"];
const here = "4:memory:/here\n0::/here\n";
const there = "4:memory:/there\n0::/there\n";
const elsewhere = "4:memory:/elsewhere\n0::/elsewhere\n";
const standInArgv = [...coreArgv("/tmp/demo/ncs.conf"), standInLabel, "true"];
const forkedChild = ["python3", "-c", "spawn_main()", "--multiprocessing-fork"];

const nso = [999, 999, 999, 999];
const admin = [1001, 1001, 1001, 1001];

export const processTrees: ProcessTree[] = [
  {
    what: "is what descends from it, also through a shell",
    followed: 100,
    processes: [
      { pid: 100, argv: coreArgv() },
      { pid: 101, ppid: 100, argv: ["erl_child_setup", "65536"] },
      { pid: 102, ppid: 101, argv: jvmArgv, belongs: "vm" },
      { pid: 103, ppid: 101, argv: shell },
      { pid: 104, ppid: 103, argv: vmArgv("bgworker"), belongs: "vm" },
      { pid: 105, argv: shell },
    ],
  },
  {
    what: "that is the only one on its host includes VMs that were started by hand, in whatever cgroup",
    followed: 100,
    processes: [
      { pid: 100, argv: coreArgv(), cgroup: here },
      { pid: 105, argv: shell },
      { pid: 106, ppid: 105, argv: vmArgv("by hand"), cgroup: there, belongs: "vm" },
      { pid: 107, argv: jvmArgv, cgroup: null, belongs: "vm" },
    ],
  },
  {
    what: "among several in one cgroup is its descendants alone",
    followed: 200,
    processes: [
      { pid: 100, argv: coreArgv(), cgroup: here },
      { pid: 102, ppid: 100, argv: vmArgv("theirs"), cgroup: here },
      { pid: 200, argv: coreArgv("/lab/ncs.conf"), cgroup: here },
      { pid: 202, ppid: 200, argv: vmArgv("ours"), cgroup: here, belongs: "vm" },
      { pid: 303, argv: vmArgv("nobody's"), cgroup: here },
    ],
  },
  {
    what: "that is the only one in its cgroup includes VMs without a core there, and none of another core",
    followed: 200,
    processes: [
      { pid: 100, argv: coreArgv(), cgroup: there },
      { pid: 102, ppid: 100, argv: vmArgv("theirs"), cgroup: here },
      { pid: 200, argv: coreArgv("/lab/ncs.conf"), cgroup: here },
      { pid: 202, ppid: 200, argv: vmArgv("ours"), cgroup: elsewhere, belongs: "vm" },
      { pid: 303, argv: vmArgv("here"), cgroup: here, belongs: "vm" },
      { pid: 304, ppid: 303, argv: forkedChild, cgroup: here, belongs: "child" },
      { pid: 305, argv: vmArgv("there"), cgroup: there },
      { pid: 306, ppid: 305, argv: forkedChild, cgroup: there },
      { pid: 307, argv: vmArgv("elsewhere"), cgroup: elsewhere },
      { pid: 308, argv: vmArgv("hidden"), cgroup: null },
    ],
  },
  {
    what: "among three is its descendants alone when one of the others is in its cgroup",
    followed: 200,
    processes: [
      { pid: 100, argv: coreArgv(), cgroup: here },
      { pid: 200, argv: coreArgv("/lab/ncs.conf"), cgroup: here },
      { pid: 300, argv: coreArgv("/other/ncs.conf"), cgroup: there },
      { pid: 303, argv: vmArgv("nobody's"), cgroup: here },
    ],
  },
  {
    what: "among several is its descendants alone when its own cgroup cannot be read",
    followed: 200,
    processes: [
      { pid: 100, argv: coreArgv(), cgroup: there },
      { pid: 200, argv: coreArgv("/lab/ncs.conf"), cgroup: null },
      { pid: 202, ppid: 200, argv: jvmArgv, cgroup: null, belongs: "vm" },
      { pid: 303, argv: vmArgv("hidden"), cgroup: null },
      { pid: 304, argv: vmArgv("here"), cgroup: here },
    ],
  },
  {
    what: "includes VMs of its cgroup when that of the other core cannot be read",
    followed: 200,
    processes: [
      { pid: 100, argv: coreArgv(), cgroup: null },
      { pid: 200, argv: coreArgv("/lab/ncs.conf"), cgroup: here },
      { pid: 303, argv: vmArgv("here"), cgroup: here, belongs: "vm" },
      { pid: 304, argv: vmArgv("hidden"), cgroup: null },
    ],
  },
  {
    what: "that is nsomem's own stand-in is its descendants alone",
    followed: 100,
    processes: [
      { pid: 100, argv: standInArgv },
      { pid: 102, ppid: 100, argv: vmArgv("its own"), belongs: "vm" },
      { pid: 103, argv: jvmArgv },
    ],
  },
  {
    what: "is the same while nsomem's own stand-in runs beside it",
    followed: 200,
    processes: [
      { pid: 100, argv: standInArgv },
      { pid: 102, ppid: 100, argv: vmArgv("the stand-in's") },
      { pid: 200, argv: coreArgv() },
      { pid: 303, argv: jvmArgv, belongs: "vm" },
    ],
  },
  {
    what: "includes whatever its Python VMs started, down to grandchildren and copies just forked",
    followed: 100,
    processes: [
      { pid: 100, argv: coreArgv() },
      { pid: 110, ppid: 100, argv: vmArgv("mp"), belongs: "vm" },
      { pid: 111, ppid: 110, argv: forkedChild, belongs: "child" },
      { pid: 112, ppid: 111, argv: shell, belongs: "child" },
      { pid: 113, ppid: 110, argv: vmArgv("mp"), belongs: "child" },
      { pid: 114, ppid: 113, argv: ["sleep", "1"], belongs: "child" },
      { pid: 115, argv: forkedChild }, // handed to init
    ],
  },
  {
    what: "includes whatever its JavaVM started",
    followed: 100,
    processes: [
      { pid: 100, argv: coreArgv() },
      { pid: 110, ppid: 100, argv: jvmArgv, belongs: "vm" },
      { pid: 111, ppid: 110, argv: shell, belongs: "child, not measured" },
      { pid: 112, ppid: 110, argv: jvmArgv, belongs: "child, not measured" }, // a copy just forked
    ],
  },
  {
    what: "does not include the children of another core's VMs",
    followed: 200,
    processes: [
      { pid: 100, argv: coreArgv(), cgroup: here },
      { pid: 110, ppid: 100, argv: vmArgv("mp"), cgroup: here },
      { pid: 111, ppid: 110, argv: forkedChild, cgroup: here },
      { pid: 200, argv: coreArgv("/lab/ncs.conf"), cgroup: here },
      { pid: 210, ppid: 200, argv: vmArgv("mp"), cgroup: here, belongs: "vm" },
      { pid: 211, ppid: 210, argv: forkedChild, cgroup: here, belongs: "child" },
    ],
  },
  {
    what: "is the same while a copy that it has just forked still carries its command line",
    followed: 200,
    processes: [
      { pid: 150, ppid: 200, argv: coreArgv() },
      { pid: 200, argv: coreArgv() },
      { pid: 202, ppid: 200, argv: jvmArgv, belongs: "vm" },
      { pid: 303, argv: vmArgv("by hand"), belongs: "vm" },
    ],
  },
  {
    what: "does not include the VMs of a core that was started in a shell below it",
    followed: 100,
    processes: [
      { pid: 100, argv: coreArgv() },
      { pid: 102, ppid: 100, argv: jvmArgv, belongs: "vm" },
      { pid: 103, ppid: 100, argv: shell },
      { pid: 200, ppid: 103, argv: coreArgv("/lab/ncs.conf") },
      { pid: 202, ppid: 200, argv: vmArgv("theirs") },
      { pid: 303, argv: vmArgv("nobody's") },
    ],
  },
  {
    what: "below another core is what descends from itself",
    followed: 200,
    processes: [
      { pid: 100, argv: coreArgv() },
      { pid: 102, ppid: 100, argv: jvmArgv },
      { pid: 103, ppid: 100, argv: shell },
      { pid: 200, ppid: 103, argv: coreArgv("/lab/ncs.conf") },
      { pid: 202, ppid: 200, argv: vmArgv("ours"), belongs: "vm" },
    ],
  },
  {
    what: "that is the init of its container includes what was handed to it",
    followed: 1,
    processes: [
      { pid: 1, ppid: 0, argv: coreArgv() },
      { pid: 102, ppid: 1, argv: vmArgv("handed over"), belongs: "vm" },
      { pid: 200, ppid: 0, argv: coreArgv("/lab/ncs.conf") },
      { pid: 202, ppid: 200, argv: vmArgv("theirs") },
      { pid: 303, ppid: 0, argv: vmArgv("nobody's") },
    ],
  },
  {
    what: "that is the only one includes a VM in a ring of parents, as /proc shows when a PID is reused",
    followed: 100,
    processes: [
      { pid: 100, argv: coreArgv() },
      { pid: 201, ppid: 202, argv: jvmArgv, belongs: "vm" },
      { pid: 202, ppid: 201, argv: shell, belongs: "child, not measured" },
      { pid: 203, ppid: 204, argv: vmArgv("ring"), belongs: "vm" },
      { pid: 204, ppid: 203, argv: shell, belongs: "child" },
    ],
  },
  {
    what: "among several does not include a VM in a ring of parents",
    followed: 100,
    processes: [
      { pid: 100, argv: coreArgv() },
      { pid: 201, ppid: 202, argv: jvmArgv },
      { pid: 202, ppid: 201, argv: shell },
      { pid: 203, ppid: 204, argv: vmArgv("ring") },
      { pid: 204, ppid: 203, argv: shell },
      { pid: 300, argv: coreArgv("/lab/ncs.conf") },
    ],
  },
  {
    what: "does not include VMs of another user that descend from no core",
    followed: 100,
    processes: [
      { pid: 100, argv: coreArgv(), uids: nso },
      { pid: 102, argv: vmArgv("by hand"), uids: nso, belongs: "vm" },
      { pid: 103, ppid: 102, argv: forkedChild, uids: nso, belongs: "child" },
      { pid: 104, argv: vmArgv("look-alike"), uids: admin },
      { pid: 105, ppid: 104, argv: forkedChild, uids: nso },
      { pid: 106, argv: jvmArgv, uids: [0, 0, 0, 0] },
    ],
  },
  {
    what: "includes its descendants of whatever user",
    followed: 100,
    processes: [
      { pid: 100, argv: coreArgv(), uids: nso },
      { pid: 102, ppid: 100, argv: jvmArgv, uids: admin, belongs: "vm" },
      { pid: 103, ppid: 100, argv: shell, uids: nso },
      { pid: 104, ppid: 103, argv: vmArgv("by sudo"), uids: [0, 0, 0, 0], belongs: "vm" },
    ],
  },
  {
    what: "of root does not include what another user started with root's rights",
    followed: 100,
    processes: [
      { pid: 100, argv: coreArgv(), uids: [0, 0, 0, 0] },
      { pid: 102, argv: vmArgv("set-user-ID"), uids: [1001, 0, 0, 0] },
      { pid: 103, argv: vmArgv("set back"), uids: [0, 1001, 0, 1001] },
      { pid: 104, argv: vmArgv("root's"), uids: [0, 0, 0, 0], belongs: "vm" },
    ],
  },
  {
    what: "has no rival in another user's core, also in its own cgroup",
    followed: 100,
    processes: [
      { pid: 100, argv: coreArgv(), uids: nso, cgroup: here },
      { pid: 102, argv: vmArgv("by hand"), uids: nso, cgroup: there, belongs: "vm" },
      { pid: 200, argv: coreArgv("/etc/ncs/ncs.conf"), uids: admin, cgroup: here },
      { pid: 202, argv: vmArgv("theirs"), uids: admin, cgroup: here },
    ],
  },
  {
    what: "among several of its user includes VMs of that user in its cgroup",
    followed: 100,
    processes: [
      { pid: 100, argv: coreArgv(), uids: nso, cgroup: here },
      { pid: 102, argv: vmArgv("ours"), uids: nso, cgroup: here, belongs: "vm" },
      { pid: 103, argv: vmArgv("look-alike"), uids: admin, cgroup: here },
      { pid: 200, argv: coreArgv("/lab/ncs.conf"), uids: nso, cgroup: there },
      { pid: 300, argv: coreArgv("/lab/ncs.conf"), uids: admin, cgroup: here },
    ],
  },
];
