/** What a file of NSO's holds, or why it could not be had: its disk may be dead, and the bundle goes on. */

import { describeError, errnoOf } from "../core/errors.ts";

const answerMsMax = 10_000;

/** Never throws; a call that does not come back is left behind. */
export async function answerOf<T>(asked: Promise<T>): Promise<{ value: T } | { why: string }> {
  const { promise: late, resolve } = Promise.withResolvers<{ why: string }>();
  const timer = setTimeout(() => resolve({ why: `no answer within ${answerMsMax / 1000} s` }), answerMsMax);
  const answer = asked.then(
    (value) => ({ value }),
    (error: unknown) => ({
      why: errnoOf(error) === "ENOENT" ? "there is none" : describeError(error),
    }),
  );
  const first = await Promise.race([answer, late]);
  clearTimeout(timer);
  return first;
}
