import { expect, test } from "bun:test";
import { runSystemCommand } from "../../src/linux/system-command.ts";

test("a command of the system's says what it prints", async () =>
  expect(await runSystemCommand(["echo", "a", "b"], { timeoutMs: 5000 })).toEqual({ text: "a b\n" }));

test("one that is not there, fails, says too much or takes too long is a failure with the reason", async () => {
  const failureOf = async (...words: [string, ...string[]]) => {
    const said = await runSystemCommand(words, { timeoutMs: 300 });
    return "failure" in said ? said.failure : said;
  };
  expect(await failureOf("no-such-command")).toBe("there is no no-such-command here");
  expect(await failureOf("false")).toContain("false");
  expect(await failureOf("head", "-c", "300000", "/dev/zero")).toContain("more than");
  expect(await failureOf("sleep", "5")).toContain("killed after its deadline");
});
