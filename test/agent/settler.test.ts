import { expect, test } from "bun:test";
import { createSettler, tickSettleMs } from "../../src/agent/settler.ts";

test("many changes of one tick are one call, after the last of them", async () => {
  const settler = createSettler();
  let calls = 0;
  settler.listen(() => void calls++);
  for (let change = 0; change < 5; change++) settler.ring();
  expect(calls).toBe(0);
  await Bun.sleep(tickSettleMs * 3);
  expect(calls).toBe(1);
  settler.ring();
  await Bun.sleep(tickSettleMs * 3);
  expect(calls).toBe(2);
});

test("nothing is called once it was stopped", async () => {
  const settler = createSettler();
  let calls = 0;
  settler.listen(() => void calls++);
  settler.ring();
  settler.stop();
  await Bun.sleep(tickSettleMs * 3);
  expect(calls).toBe(0);
});
