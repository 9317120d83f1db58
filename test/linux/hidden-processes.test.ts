import { expect, test } from "bun:test";
import { hasHidepid } from "../../src/linux/hidden-processes.ts";

const mount = (options: string, at = "/proc") =>
  `36 25 0:33 / ${at} rw,nosuid shared:5 - proc proc rw${options}\n`;

test.each([",hidepid=2", ",hidepid=invisible", ",gid=4,hidepid=noaccess", ",hidepid=1,gid=4"])(
  "a mount with %s hides processes",
  (options) => expect(hasHidepid(mount(options), "/proc")).toBe(true),
);
test.each(["", ",hidepid=0", ",hidepid=off"])("a mount with %p hides none", (options) =>
  expect(hasHidepid(mount(options), "/proc")).toBe(false),
);
test("the newest mount of that place counts, another place's does not", () => {
  expect(hasHidepid(mount(",hidepid=2") + mount(""), "/proc")).toBe(false);
  expect(hasHidepid(mount(",hidepid=2", "/mnt/proc"), "/proc")).toBe(false);
});
