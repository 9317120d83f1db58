import { expect, test } from "bun:test";
import { wordsIn } from "../../../../src/rescue/evidence/memory/words.ts";
import { madeUpMemory } from "../made-up-memory.ts";

test("words and texts are read over the end of a page", () => {
  const memory = madeUpMemory();
  memory.word(0x1ffc, 0x7f12_3456_789a);
  memory.text(0x2ffe, "name");
  memory.bytes(0x3fff, Buffer.from([0]));
  const words = wordsIn(memory);
  expect(words.word(0x1ffc)).toBe(0x7f12_3456_789a);
  expect(words.text(0x2ffe)).toBe("name");
});

test("a text at the end of what is mapped is one; without its end it is none", () => {
  const memory = madeUpMemory();
  memory.text(0x1ff8, "short");
  const words = wordsIn(memory);
  expect(words.text(0x1ff8)).toBe("short");
  memory.bytes(0x5f00, Buffer.alloc(256, 0x61));
  expect(wordsIn(memory).text(0x5f00)).toBeUndefined();
  expect(words.text(0x9000)).toBeUndefined();
});

test("no address, no length and no size is too strange", () => {
  const memory = madeUpMemory();
  memory.word(0x1000, Number.MAX_SAFE_INTEGER);
  memory.bytes(0x1008, Buffer.alloc(8, 0xff));
  const words = wordsIn(memory);
  expect(words.word(0x1008)).toBeUndefined();
  for (const address of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
    expect(words.word(address)).toBeUndefined();
  expect(words.bytes(0x1000, 2 ** 31)).toBeUndefined();
  expect(words.bytes(0x1000, -1)).toBeUndefined();
});

test("the same page is read once", () => {
  const memory = madeUpMemory();
  memory.word(0x1000, 1);
  const words = wordsIn(memory);
  for (let index = 0; index < 100; index++) words.word(0x1000 + index * 8);
  expect(memory.reads()).toBe(1);
});
