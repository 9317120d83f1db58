import { expect, test } from "bun:test";
import { keysOf } from "../../src/ui/keys.ts";

test("keys are named, in both modes of a terminal, and several may come at once", () => {
  expect(keysOf("\x1b[D\x1bODq")).toEqual(["left", "left", "q"]);
  expect(keysOf("\x1b[A\x1b[B\x1b[C\x1b[5~\x1b[6~\x1b[H\x1b[1~\x1b[F")).toEqual([
    ...["up", "down", "right", "page-up", "page-down", "home", "home", "end"],
  ]);
  expect(keysOf("\x03")).toEqual(["^C"]);
  expect(keysOf("\x1b")).toEqual(["escape"]);
});

test("a sequence that nobody knows is one key, and no letter of it is a command", () => {
  expect(keysOf("\x1b[200~q")).toEqual(["\x1b[200~", "q"]);
});
