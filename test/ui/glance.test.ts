import { describe, expect, test } from "bun:test";
import type { CrashDumpStatus } from "../../src/core/status.ts";
import { glancePage } from "../../src/ui/glance.ts";
import {
  type Moment,
  recordedStanding,
  recordedStatus,
  standingOf,
  terminalOf,
} from "./recorded-standing.ts";

const at = (moment: Moment, columns = 80) =>
  glancePage(recordedStanding(moment), terminalOf(columns)).split("\n");

describe("nsomem alone says what happened, what is, what will be, and the command to type next", () => {
  test("while all is well", () =>
    expect(at("normal")).toEqual([
      "happened   no incident so far",
      "now        NORMAL: nsomem watches NSO",
      "           physical 56.2 % NORMAL, committed 30.3 % (advisory), NSO PID 18379",
      "ahead      memory is steady",
      "next       nsomem top   to watch it live, and to look back in time",
    ]));

  test("while NSO dumps", () =>
    expect(at("dumping")).toEqual([
      "happened   22:51:05, 17 s ago: memory was critical, and SIGUSR1 was sent to NSO",
      "now        DUMPING 408 MiB of about 1.2 GiB, 16 s; do not restart NSO",
      "           physical 98.3 % CRITICAL, committed 30.6 % (advisory), NSO PID 18379",
      "ahead      NSO ends when its dump is written",
      "next       nsomem status --watch",
      "           to see the dump grow; NSO must not be restarted before it ends",
    ]));

  test("after a rescue that nobody saw", () =>
    expect(at("ended")).toEqual([
      "happened   22:51:48, 12 min ago: NSO ENDED, its crash dump is COMPLETE, 1.1 GiB",
      "now        NSO ENDED, its crash dump is COMPLETE; nsomem is not running",
      "ahead      nobody watches NSO",
      "next       nsomem start --daemon --wait --config /etc/nsomem/nsomem.toml",
      "           to watch NSO again",
    ]));

  test("where a crash dump is not possible", () => {
    const status = recordedStatus("normal");
    const dump: CrashDumpStatus = {
      outlook: "hopeless",
      ...{ path: null, room_kib: null, need_kib: null, doubts: [] },
    };
    const page = glancePage(standingOf({ status: { ...status, crash_dump: dump } }), terminalOf(80));
    expect(page).toContain("NO crash dump is possible");
  });

  test.each([60, 80, 120])("within %d columns", (columns) => {
    for (const moment of ["normal", "warning", "dumping", "ended"] as const)
      for (const line of at(moment, columns)) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns);
  });
});
