import { expect, test } from "bun:test";
import type { ProbeAnswer, ProbeUser } from "../../src/linux/dump-probe.ts";
import { createDumpProbes } from "../../src/rescue/dump-probes.ts";

const who: ProbeUser = { uid: 1, gid: 1, groups: [], overridesPermissions: false };
const minuteMs = 60_000;
const places = [{ directory: "/d", isEntered: true }];

/** Probes that answer as `answers` say, one after the other; `asked` counts them. */
function probes(...answers: ProbeAnswer[]) {
  let asked = 0;
  const made = createDumpProbes(() => ({
    answer: Promise.resolve(answers[asked++] ?? { kind: "made" }),
    ended: Promise.resolve(),
  }));
  return { ...made, asked: () => asked };
}

test("what works is asked again after 10 minutes, and no earlier", async () => {
  const { ask, asked, answer } = probes();
  expect(answer("/d")).toBeUndefined();
  await ask(places, who, 0);
  await ask(places, who, 10 * minuteMs - 1);
  expect(asked()).toBe(1);
  await ask(places, who, 10 * minuteMs);
  expect(asked()).toBe(2);
});

test("what was refused is asked each minute: a mended directory must not keep the signal back", async () => {
  const { ask, asked, answer } = probes({ kind: "refused", reason: "no" }, { kind: "made" });
  expect(await ask(places, who, 0)).toBe(true);
  expect(answer("/d")?.kind).toBe("refused");
  expect(await ask(places, who, minuteMs)).toBe(true);
  expect(answer("/d")?.kind).toBe("made");
  expect(asked()).toBe(2);
});

test("an answer that is the same changes nothing", async () => {
  const { ask } = probes();
  expect(await ask(places, who, 0)).toBe(true);
  expect(await ask(places, who, 20 * minuteMs)).toBe(false);
});

test("one that hangs is not joined by another", async () => {
  let asked = 0;
  const hung = createDumpProbes(() => {
    asked++;
    return { answer: Promise.resolve({ kind: "silent" }), ended: new Promise(() => {}) };
  });
  await hung.ask(places, who, 0);
  await hung.ask(places, who, 60 * minuteMs);
  expect(asked).toBe(1);
});

test("the clock of the file system is known once it was seen", async () => {
  const { ask, skewMs } = probes({ kind: "made", skewMs: -20_000 });
  expect(skewMs()).toBe(0);
  await ask(places, who, 0);
  expect(skewMs()).toBe(-20_000);
});
