import { expect, test } from "bun:test";
import { descendantsOf, descriptorKind, processFacts } from "../../../src/rescue/evidence/process-facts.ts";
import { madeUpProcess } from "./made-up-process.ts";

const stat = (pid: number, ppid: number) =>
  `${pid} (x) S ${ppid} 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 ${pid} 0 0`;

const files = {
  "7/stat": stat(7, 1),
  "7/status": "Name:\tpython3\nVmRSS:\t    2048 kB\nThreads:\t3\nSigCgt:\t0\n",
  "7/maps": "7f0000000000-7f0010000000 rw-p 00000000 00:00 0 \n",
  "8/stat": stat(8, 7),
  "8/status": "VmRSS:\t1024 kB\n",
  "8/cmdline": "worker\u001b[31m\0--password\0secret\0",
  "9/stat": stat(9, 8),
  "9/status": "VmRSS:\t4096 kB\n",
  "9/cmdline": "worker\0",
  "10/stat": stat(10, 1),
  "11/stat": stat(11, 12),
  "12/stat": stat(12, 11),
};
const links = {
  "7/fd/0": "/etc/passwd",
  "7/fd/1": "socket:[12345]",
  "7/fd/2": "socket:[12346]",
  "7/fd/3": "pipe:[99]",
  "7/fd/4": "anon_inode:[eventpoll]",
};

test("the kernel's word on a process: memory, descriptors by kind, children; arguments and file names are left out", async () => {
  const { procDir, remove } = madeUpProcess(files, links);
  const subject = {
    ...{
      pid: 7,
      startTicks: 7,
      procDir,
      group: "pythonvm" as const,
      name: "vm",
      mayAttach: true,
      ncs: undefined,
    },
    stop: new AbortController().signal,
  };
  const { headline, text } = await processFacts.take(subject);
  expect(headline).toBe("2.0 MiB resident, 2 children with 5.0 MiB");
  for (const line of ["VmRSS:     2048 kB", "descriptors: 5", "  socket: 2", "children: 2", "256 MiB"])
    expect(text).toContain(line);
  for (const hidden of ["secret", "/etc/passwd", "SigCgt", "\u001b"]) expect(text).not.toContain(hidden);
  remove();
});

test("those below a process are found at any depth, and a ring in the table ends", () => {
  const { procDir, remove } = madeUpProcess(files);
  expect(descendantsOf(procDir, 7).map(({ pid }) => pid)).toEqual([9, 8]);
  remove();
});

test("descriptors are known by what they lead to", () => {
  expect(
    ["socket:[1]", "pipe:[1]", "anon_inode:[eventfd]", "/a/b", "socket:[x]", ""].map(descriptorKind),
  ).toEqual([...["socket", "pipe", "anon_inode:[eventfd]", "file", "file", "unknown"]]);
});
