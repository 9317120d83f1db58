import { expect, test } from "bun:test";
import { commandLines, cutTo, wrapped } from "../../src/ui/wrap.ts";

test("a sentence is broken at its spaces, a longer word where its line ends", () => {
  expect(wrapped("one two three", 8)).toEqual(["one two", "three"]);
  expect(wrapped("in /var/lib/nsomem now", 8)).toEqual(["in", "/var/lib", "/nsomem", "now"]);
  expect(wrapped("as it is", Number.POSITIVE_INFINITY)).toEqual(["as it is"]);
});

test("what is cut says so, and of a path keeps the end", () => {
  expect(cutTo("resource-manager", 9)).toBe("resource…");
  expect(cutTo("cgroup:/a/b/ncs.service", 12, { keepEnd: true })).toBe("…ncs.service");
  expect(cutTo("short", 5)).toBe("short");
});

test("a long command is broken before an option, so that it stays one command when it is pasted", () => {
  const command = "nsomem incidents bundle --home /srv/nso/nsomem";
  expect(commandLines(command, 80)).toEqual([command]);
  const [first = "", second = ""] = commandLines(command, 40);
  expect([first, second]).toEqual(["nsomem incidents bundle \\", "  --home /srv/nso/nsomem"]);
  const shell = Bun.spawnSync(["sh", "-c", `nsomem() { echo "$@"; }\n${first}\n${second}\n`]);
  expect(shell.stdout.toString()).toBe("incidents bundle --home /srv/nso/nsomem\n");
});
