/** The clocks of this host: the only place that asks for the time of day. */

import type { Clock } from "../core/clock.ts";

/** CLOCK_REALTIME and, from the start of this process on, CLOCK_MONOTONIC. See clock_gettime(2). */
export const hostClock: Clock = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };

/** The time of day, for what only prints it. */
export const { wallMs } = hostClock;
