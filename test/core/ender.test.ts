import { expect, test } from "bun:test";
import { type EndedCore, enderIn, enderWords } from "../../src/core/ender.ts";

const core: EndedCore = { pid: 276, unit: "ncs.service", cgroupPath: "/system.slice/ncs.service" };
const line = (program: string, text: string) => ({ program, text });

/** As earlyoom 1.7, systemd and systemd-oomd 252 write them. */
const sigterm = 'sending SIGTERM to process 276 uid 999 "ncs.smp": badness 1192, VmRSS 1158 MiB';
const pressure =
  "Killed /system.slice/ncs.service due to memory pressure for /system.slice being 32.14% > 5.00% for > 2s with reclaim activity";
const oom = "ncs.service: A process of this unit has been killed by the OOM killer.";
const kill = "ncs.service: Killing process 276 (ncs.smp) with signal SIGKILL.";

test.each([
  ["earlyoom", line("earlyoom", sigterm)],
  ["earlyoom", line("earlyoom", 'sending SIGKILL to process 276 "ncs.smp": badness 1192')],
  ["systemd-oomd", line("systemd-oomd", pressure)],
  ["systemd-oomd", line("systemd-oomd", "Killed /system.slice due to memory used (1) / total (2)")],
  ["systemd-oomd", line("systemd", "ncs.service: systemd-oomd killed 15 process(es) in this unit.")],
  ["systemd", line("systemd", kill)],
] as const)("%s is named by its line", (who, said) =>
  expect(enderIn([said], core)).toEqual({ who, line: said.text }),
);

test("systemd's reason stands before what it did", () => {
  const ender = enderIn([line("systemd", oom), line("systemd", kill)], core);
  expect(ender && enderWords(ender)).toBe(`systemd ended it: ${oom} ${kill}`);
});

test.each([
  ["another process", line("earlyoom", sigterm.replace("276", "2761"))],
  ["a limit that was only named", line("earlyoom", "sending SIGTERM when mem <= 10.00% and swap <= 10.00%,")],
  ["another unit", line("systemd-oomd", pressure.replaceAll("ncs", "ncs2"))],
  ["a part of the name", line("systemd-oomd", "Killed /system.slice/ncs due to memory pressure")],
  ["a kill of a VM alone", line("systemd", oom)],
  ["another program", line("bash", sigterm)],
  ["an ordinary stop", line("systemd", "ncs.service: Deactivated successfully.")],
])("%s names nobody", (_, said) => expect(enderIn([said], core)).toBeUndefined());
