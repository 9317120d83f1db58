import { describe, expect, test } from "bun:test";
import { setHints } from "../../src/core/hint.ts";
import type { Standing } from "../../src/core/standing.ts";
import type { Status } from "../../src/core/status.ts";
import { asciiOf } from "../../src/ui/ascii.ts";
import { statusPage } from "../../src/ui/status-page.ts";
import {
  type Moment,
  recordedStanding,
  recordedStatus,
  standingOf,
  terminalOf,
} from "./recorded-standing.ts";

const linesOf = (standing: Standing, columns = 80) => statusPage(standing, terminalOf(columns)).split("\n");
const page = (more: Partial<Status>, columns = 80) =>
  linesOf(standingOf({ status: { ...recordedStatus("normal"), ...more } }), columns);

const states: [name: string, standing: Standing][] = [
  ...(["normal", "warning", "dumping", "ended"] as Moment[]).map((moment): [string, Standing] => [
    moment,
    recordedStanding(moment),
  ]),
  ["dry run", standingOf({ status: { ...recordedStatus("warning"), dry_run: true } })],
  ["not running", standingOf({})],
  ["blind", standingOf({ status: blind() })],
];

function blind(): Status {
  const last = {
    physical: { level: "critical", percent: 96.2, at: "2026-11-28T22:50:50.000+00:00" },
  } as const;
  return {
    ...recordedStatus("normal"),
    blind: { since: "2026-11-28T22:50:50.000+00:00", age_ms: 5400, reason: "it has no field MemTotal", last },
  };
}

describe("every state fits, in whole seconds", () => {
  for (const columns of [60, 80, 120])
    test.each(states)(`%s at ${columns} columns`, (_, standing) => {
      const lines = linesOf(standing, columns);
      // A path and what is to be pasted stay whole, however long.
      const tooLong = lines.filter(
        (line) => Bun.stringWidth(line) > columns && !/^ *(?:next +)?(?:\/|nsomem |--)\S*/.test(line),
      );
      expect(tooLong).toEqual([]);
      expect(lines.join("\n")).not.toMatch(/\d\.\d+ s\b|\d ms\b|:\d\d\.\d{3}|NaN|undefined/);
      expect(asciiOf(lines.join("\n"))).toMatch(/^[\x20-\x7e\n]*$/);
    });
});

test("in normal state: level, bar, value, rate and limits of each kind, who holds and who grew", () => {
  expect(
    linesOf(recordedStanding("normal", { trends: { physical: { kibPerSecond: 12_288 } } }), 120),
  ).toEqual([
    "NORMAL: nsomem watches NSO",
    "NSO ncs.smp (PID 18379, /etc/ncs/ncs.conf)",
    "nsomem 0.1.0 (PID 18477) since 22:50:33, for 20 s",
    "",
    "physical   ███████████░░░░░░░░░  56.2 %  NORMAL    506 of 900 MiB  +12.0 MiB/s, critical in about 30 s",
    "           warning 90 %, critical 95 % of cgroup:/system.slice/ncs.service",
    "committed  ██████░░░░░░░░░░░░░░  30.3 %  advisory  3.6 of 11.8 GiB",
    "           no action: vm.overcommit_memory=0",
    "",
    "           name                PID        RSS    private",
    "core       ncs.smp           18379    541 MiB    799 MiB",
    "JavaVM     NcsJVMLauncher    18458   36.8 MiB    344 MiB",
    "Python VM  l3vpn +2          18404   30.4 MiB   19.9 MiB",
    "everything else in the cgroup             0 B",
    "grew most  the core by 505 MiB in 20 s",
    "",
    "No action was needed so far.",
    "",
    "next       nsomem top   to watch it live, and to look back in time",
  ]);
});

test("at the warning the first line says when it becomes critical", () => {
  expect(linesOf(recordedStanding("warning"))[0]).toBe(
    "WARNING: physical memory at 93.3 %, critical in about 1 s",
  );
});

test("while NSO dumps the first line says so, and what not to do", () => {
  const lines = linesOf(recordedStanding("dumping"), 60);
  expect(lines[0]).toBe("DUMPING 408 MiB of about 1.2 GiB, 16 s; do not restart NSO");
  expect(lines.join("\n")).toContain("next       nsomem status --watch");
  const orphaned = linesOf(recordedStanding("dumping", { agentPid: undefined }), 60);
  expect(orphaned[0]).toBe(lines[0]);
  const { rescue } = recordedStanding("dumping");
  if (!rescue) throw new Error("no rescue");
  const larger = recordedStanding("dumping", { rescue: { ...rescue, bytesWritten: 3 * 2 ** 30 } });
  expect(linesOf(larger)[0]).toBe("DUMPING 3.0 GiB, 16 s; do not restart NSO");
});

test("after a rescue, when nothing runs any more: why, the incident, the dump, what it says, what to do", () => {
  expect(linesOf(recordedStanding("ended"))).toEqual([
    "NSO ENDED, its crash dump is COMPLETE; nsomem is not running",
    "It ended at 22:51:50, 12 min ago: NSO had ended.",
    "",
    "incident   20261128T225105-489-physical, 22:51:48, 12 min ago",
    "why        physical memory was critical at 22:51:06 (95.0 %, 856 of 900 MiB);",
    "           SIGUSR1 to NSO (PID 18379)",
    "grew       over 33 s the core grew by 853 MiB to 889 MiB, the JavaVM grew by 268",
    "           KiB to 37.1 MiB",
    "dump       complete, 1.1 GiB in 42 s",
    "           /var/opt/ncs/erl_crash.dump",
    "           2 debug dumps before it",
    "it says    864 MiB in use: binaries 848 MiB (98 %), processes with their",
    "           messages 6.9 MiB (0.8 %), code 4.9 MiB (0.6 %).",
    "           erlang:apply/2 <0.79.0> refers to 847 MiB of binaries, 847 MiB of",
    "           them held by it alone.",
    "",
    "next       Start NSO again: it ended with its dump.",
    "           nsomem start --daemon --wait --config /etc/nsomem/nsomem.toml",
    "           to watch NSO again",
    "           nsomem incidents bundle   to hand the incident in",
  ]);
});

test("NSO that was started again and that nobody watches is named", () => {
  const lines = linesOf(recordedStanding("ended", { unwatched: [{ name: "ncs.smp", pid: 4711 }] }));
  expect(lines).toContain("next       NSO runs (ncs.smp, PID 4711), and is not watched from here.");
});

test("how the last agent ended: stopped, or without a word", () => {
  const ended = (more: Partial<Status>) =>
    linesOf(standingOf({ agentPid: undefined, status: { ...recordedStatus("ended"), ...more } }))[1];
  const nso = { pid: 18379, name: "ncs.smp", conffile: null };
  expect(ended({ nso })).toBe("It was stopped at 22:51:50, 0 s ago; NSO was running (PID 18379).");
  expect(ended({ running: true })).toContain("ended without a word");
});

test("where nothing ran yet the way begins with doctor, and a user is told of root's agent", () => {
  expect(linesOf(standingOf({}))).toEqual([
    "nsomem is not running",
    "Nothing was recorded yet in /var/lib/nsomem.",
    "",
    "next       nsomem doctor   whether a rescue would work here",
  ]);
  expect(linesOf(standingOf({ rootHasOne: true })).join("\n")).toContain("next       sudo nsomem status");
});

test("what is to be typed repeats the place, in lines that stay one command", () => {
  setHints({ home: `/srv/${"x".repeat(60)}` }, () => "nsomem");
  const lines = linesOf(recordedStanding("ended"));
  setHints({}, () => "nsomem");
  expect(lines.slice(-7)).toEqual([
    "           nsomem start --daemon --wait \\",
    "             --config /etc/nsomem/nsomem.toml \\",
    `             --home /srv/${"x".repeat(60)}`,
    "           to watch NSO again",
    "           nsomem incidents bundle \\",
    `             --home /srv/${"x".repeat(60)}`,
    "           to hand the incident in",
  ]);
});

test("a dry run is said first", () => {
  const lines = page({ dry_run: true });
  expect(lines[0]).toStartWith("DRY RUN, NORMAL");
  expect(lines.join(" ")).toContain("dry run: it does nothing to NSO");
});

test("the ceiling is named where it is not all of MemTotal, a long one by its end", () => {
  const { physical } = recordedStatus("normal").memory;
  if (!physical) throw new Error("no physical memory");
  const under = (ceiling: string, columns?: number) =>
    page({ memory: { physical: { ...physical, ceiling } } }, columns).find((line) =>
      line.includes("warning 90 %"),
    );
  expect(under("MemTotal-Hugetlb")).toEndWith("critical 95 % of MemTotal-Hugetlb");
  expect(under("host")).toEndWith("critical 95 %");
  expect(under(`cgroup:/${"deep/".repeat(40)}ncs.service`, 60)).toEndWith("% of …/ncs.service".slice(-12));
});

test("what cannot be measured is unknown, with the reason, and what was not yet measured is not", () => {
  const { physical } = recordedStatus("normal").memory;
  const memory = physical ? { physical } : {};
  const unknown = { allocated: "no CommitLimit", cgroup: "NSO's cgroup /../nso cannot be seen" };
  const lines = page({ memory, unknown }, 120);
  expect(lines).toContain("committed  unknown: no CommitLimit");
  expect(lines).toContain(
    "cgroup     unknown: NSO's cgroup /../nso cannot be seen; the host's memory is used",
  );
  expect(page({ memory })).toContain("committed  not measured yet");
  expect(page({ memory: {}, unknown: { physical: "no MemTotal" } })).toContain(
    "physical   unknown: no MemTotal",
  );
});

test("who grew by a MiB or more is named, and the forecast is said", () => {
  const { physical } = recordedStatus("normal").memory;
  if (!physical) throw new Error("no physical memory");
  const growth = (name: string, grewKib: number) =>
    ({ group: "pythonvm", name, pid: 1, now_kib: 1, grew_kib: grewKib, over_seconds: 300 }) as const;
  const text = "critical within about 40 min at +12.0 MiB/min, Python VM l3vpn grows";
  const forecast = {
    ...{ critical_within_seconds: 2345, kib_per_minute: 12_288, window_seconds: 720, text },
    grower: { group: "pythonvm", name: "l3vpn", pid: 1 } as const,
  };
  const shown = page(
    {
      memory: { physical: { ...physical, forecast } },
      growth: [growth("l3vpn", 61_440), growth("calm", 1023)],
    },
    120,
  );
  expect(shown).toContain(`${" ".repeat(11)}${text}`);
  expect(shown).toContain("grew most  Python VM l3vpn by 60.0 MiB in 5 min 0 s");
  expect(page({ everything_else_kib: null, growth: null }).join()).not.toMatch(/everything else|grew most/);
});

test("of a hundred VMs the largest are shown, the others counted", () => {
  const vms = Array.from({ length: 100 }, (_, index) => ({
    ...{ group: "pythonvm" as const, name: `vm${index}`, pid: 1000 + index },
    ...{ rss_kib: 1024 * index, allocated_kib: 0, children: [] },
  }));
  const core = { group: "core" as const, name: "ncs.smp", pid: 1, rss_kib: 1, allocated_kib: 1 };
  const lines = page({ processes: [core, ...vms] });
  expect(lines.filter((line) => line.startsWith("Python VM"))).toHaveLength(7);
  expect(lines.some((line) => line.startsWith("core "))).toBe(true);
  expect(lines).toContain("and 93 smaller ones, 4.2 GiB in all");
});

test("what is wrong is said, and a document that is not written any more", () => {
  const status = { ...recordedStatus("normal"), problems: ["the history cannot be written"] };
  const standing = standingOf({ status, nowMs: Date.parse(status.updated) + 9400 });
  const lines = linesOf(standing);
  expect(lines).toContain("problem: the history cannot be written");
  expect(lines).toContain("This is 9 s old: the agent is alive but has not written since.");
});
