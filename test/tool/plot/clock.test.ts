/** The time of day may be set while the tool runs: it must neither stop measuring nor measure in a burst. */

import { describe, expect, test } from "bun:test";
import { functionsOf } from "./functions.ts";

/**
 * The tool's own loop over ten full ticks with a clock that goes only while it pauses, and is set by `stepS` seconds
 * in the third pause. Returns how many pauses that took, and the clock at each tick in seconds, without the step.
 */
async function tickAcross(stepS: number): Promise<{ pauses: number; ticksS: number[] }> {
  const program = `${await functionsOf()}
    unset EPOCHREALTIME # now it is a variable like others
    clock_us=5000000000 stepped_us=0 pauses=0 ticks=0 interval_ms_max=1000 wait_ms=1000 duration_us='' wait_fd=0
    set_clock() { printf -v EPOCHREALTIME '%d.%06d' $((clock_us / 1000000)) $((clock_us % 1000000)); }
    read() {
      local asked=$3
      clock_us=$((clock_us + 10#\${asked/./})) pauses=$((pauses + 1))
      ((pauses != 3)) || { stepped_us=$((${stepS} * 1000000)) && clock_us=$((clock_us + stepped_us)); }
      ((pauses < 100)) || exit 1
      set_clock
      return 142
    }
    full_tick() {
      printf '%d\\n' $(((now_us - stepped_us) / 1000000))
      ((++ticks < 10)) || { printf '%d\\n' "$pauses" && exit 0; }
    }
    fast_tick() { :; }
    set_clock
    main_loop`;
  const child = Bun.spawn(["bash", "-c", program], { stdio: ["ignore", "pipe", "inherit"] });
  const numbers = (await new Response(child.stdout).text()).trimEnd().split("\n").map(Number);
  expect(await child.exited).toBe(0);
  return { pauses: numbers.at(-1) ?? Number.NaN, ticksS: numbers.slice(0, -1) };
}

describe("when the time of day", () => {
  test("is left alone, ten ticks take nine pauses of a second", async () => {
    const { pauses, ticksS } = await tickAcross(0);
    expect(pauses).toBe(9);
    expect(ticksS).toEqual([5000, 5001, 5002, 5003, 5004, 5005, 5006, 5007, 5008, 5009]);
  });

  test.each([-3600, -60, -2, 60, 3600])("is set by %d s, the ticks go on second by second", async (stepS) => {
    const { pauses, ticksS } = await tickAcross(stepS);
    expect(pauses).toBeLessThanOrEqual(11);
    for (const [index, atS] of ticksS.entries())
      expect(Math.abs(atS - (5000 + index))).toBeLessThanOrEqual(2);
  });

  test.each([-1, 1, 2])("is set by %d s, that costs a pause or two", async (stepS) => {
    expect((await tickAcross(stepS)).pauses).toBeLessThanOrEqual(11);
  });
});
