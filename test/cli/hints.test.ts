/** What a hint repeats is what its command takes. */

import { afterEach, describe, expect, test } from "bun:test";
import { commands, groups } from "../../src/cli/commands.ts";
import { describedCommands } from "../../src/cli/help/described.ts";
import { hint, optionsOf, setHints } from "../../src/core/hint.ts";
import { givenFor } from "../../src/record/paths.ts";

const forget = () => setHints({}, () => "nsomem");
afterEach(forget);

const described = (
  await Promise.all(Object.entries(commands).map(([name, entry]) => describedCommands(name, entry, groups)))
).flat();

describe("a hint", () => {
  for (const { path, args, parts } of described)
    if (parts.length === 0 || Object.keys(args).length > 0)
      test(`of ${path} repeats the options that it takes`, () =>
        expect(optionsOf(path)).toEqual(
          (["home", "name", "config"] as const).filter((name) => name in args),
        ));

  test("repeats what was given, quoted where a shell would take it apart", () => {
    setHints({ home: "/srv/a b", name: "blue", config: "/etc/it's.toml" }, () => "nsomem");
    expect(hint("start --daemon")).toBe(
      "nsomem start --daemon --home '/srv/a b' --name blue --config '/etc/it'\\''s.toml'",
    );
    expect(hint("stop")).toBe("nsomem stop --home '/srv/a b' --name blue");
    expect(hint("licenses")).toBe("nsomem licenses");
  });

  test("begins with what starts this program", () => {
    setHints({}, () => "/opt/tools/nsomem");
    expect(hint("status")).toBe("/opt/tools/nsomem status");
  });

  test("is of another agent where it is about that one", () => {
    setHints({ home: "/mine" }, () => "nsomem");
    expect(hint("stop", { home: "/others" })).toBe("nsomem stop --home /others");
  });
});

describe("the options of another agent's state directory", () => {
  const root = { uid: 0 };
  test.each([
    ["/var/lib/nsomem", {}],
    ["/var/lib/nsomem/instances/blue", { name: "blue" }],
    ["/srv/x", { home: "/srv/x" }],
    ["/srv/x/instances/blue", { home: "/srv/x", name: "blue" }],
  ])("of %s are %p", (state, given) =>
    expect(givenFor(state, root)).toEqual({ home: undefined, name: undefined, ...given }),
  );
});
