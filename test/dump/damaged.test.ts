/** Whatever a file has become, it is read or refused, and never an exception of another kind. */

import { expect, test } from "bun:test";
import { NsomemError } from "../../src/core/errors.ts";
import { parseDumpSummary } from "../../src/dump/summary.ts";
import { summaryText } from "../../src/dump/summary-text.ts";
import { readText } from "./dump-scene.ts";
import { richDump } from "./made-up-dump.ts";

type Random = (below: number) => number;

/** mulberry32: the same files for the same seed. */
function seeded(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const damages: Record<string, (whole: Buffer, random: Random) => Buffer> = {
  cut: (whole, random) => whole.subarray(0, random(whole.length)),
  flipped(whole, random) {
    const copy = Buffer.from(whole);
    for (let count = 1 + random(2000); count > 0; count--) copy[random(copy.length)] = random(256);
    return copy;
  },
  "with holes of NUL"(whole, random) {
    const copy = Buffer.from(whole);
    for (let count = 1 + random(5); count > 0; count--) {
      const at = random(copy.length);
      copy.fill(0, at, Math.min(copy.length, at + random(20_000)));
    }
    return copy;
  },
  "without pieces"(whole, random) {
    let copy = whole;
    for (let count = 1 + random(5); count > 0; count--) {
      const at = random(copy.length);
      copy = Buffer.concat([copy.subarray(0, at), copy.subarray(at + random(5000))]);
    }
    return copy;
  },
  "with joined lines": (whole, random) =>
    Buffer.from(
      whole
        .toString("latin1")
        .split("\n")
        .map((line) => (random(20) === 0 ? line : `${line}\n`))
        .join(""),
      "latin1",
    ),
  "with noise within"(whole, random) {
    const at = random(whole.length);
    const noise = Buffer.from(Array.from({ length: random(5000) }, () => random(256)));
    return Buffer.concat([whole.subarray(0, at), noise, whole.subarray(at)]);
  },
  "with lines in another order"(whole, random) {
    const lines = whole.toString("latin1").split("\n");
    for (let count = 200; count > 0; count--) {
      const [one, two] = [random(lines.length), random(lines.length)];
      [lines[one], lines[two]] = [lines[two] ?? "", lines[one] ?? ""];
    }
    return Buffer.from(lines.join("\n"), "latin1");
  },
  "with huge numbers": (whole, random) =>
    Buffer.from(
      whole
        .toString("latin1")
        .replaceAll(/\d+/g, (digits) => (random(50) === 0 ? "9".repeat(random(400)) : digits)),
      "latin1",
    ),
};

// The binary of 512 KiB makes a file large and is only skipped: a smaller one leaves more to the rest.
const whole = Buffer.from(richDump().replace(/80000:(Yc7F)+/, "C:Yc7FYc7FYc7FYc7F"), "latin1");
const filesOfKind = 130;

test.each(Object.entries(damages))(
  `${filesOfKind} files %s: each is read or named as no dump`,
  async (name, damage) => {
    const random = seeded(name.length * 7919);
    let read = 0;
    for (let index = 0; index < filesOfKind; index++) {
      const bytes = damage(whole, random);
      const isLedgerOnly = index % 5 === 0;
      try {
        const summary = await readText(bytes, { isLedgerOnly });
        const text = summaryText(summary);
        expect(text).not.toMatch(/NaN|undefined|Infinity/);
        expect(parseDumpSummary(JSON.stringify(summary))).toEqual(summary);
        read++;
      } catch (error) {
        if (!(error instanceof NsomemError)) throw error;
        expect(error.code).toBe("DUMP");
      }
    }
    // Most of a damaged dump is still one.
    expect(read).toBeGreaterThan(filesOfKind / 2);
  },
  30_000,
);
