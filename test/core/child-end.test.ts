import { expect, test } from "bun:test";
import { endWords } from "../../src/core/child-end.ts";

test("a child that ended by itself has its exit code", () =>
  expect(endWords({ exitCode: 3, signalCode: null })).toBe("exit 3"));
test("one that was killed has the signal, whatever code a shell would make of it", () =>
  expect(endWords({ exitCode: 137, signalCode: "SIGKILL" })).toBe("killed by SIGKILL"));
