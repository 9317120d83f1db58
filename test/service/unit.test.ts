import { describe, expect, test } from "bun:test";
import { unitMark, unitText } from "../../src/service/unit.ts";

const root = unitText({ exec: "/usr/local/bin/nsomem", user: undefined });
const user = unitText({ exec: "/usr/local/bin/nsomem", user: "nso" });

/** The settings of a unit, as `Name=value`. */
const settings = (text: string) => text.split("\n").filter((line) => /^[A-Z]\w+=/.test(line));
const settingOf = (text: string, name: string) =>
  settings(text)
    .find((line) => line.startsWith(`${name}=`))
    ?.slice(name.length + 1);

describe("the unit", () => {
  test("bears the mark by which it is known as ours", () => expect(root.split("\n")[0]).toContain(unitMark));

  test("waits for NSO and does not depend on it", () => {
    expect(settingOf(root, "ExecStart")).toBe("/usr/local/bin/nsomem start --wait");
    expect(settingOf(root, "After")).toBe("ncs.service");
    expect(settings(root).filter((line) => /^(Requires|BindsTo|PartOf|Wants)=/.test(line))).toEqual([]);
  });

  test("sets each name once in a section", () => {
    for (const text of [root, user]) {
      const names = settings(text).map((line) => line.split("=")[0]);
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    }
  });

  test("of root names no user; of NSO's user it names him and hands over what it bounds", () => {
    expect(settingOf(root, "User")).toBeUndefined();
    expect(settingOf(root, "AmbientCapabilities")).toBeUndefined();
    expect(settingOf(user, "User")).toBe("nso");
    expect(settingOf(user, "AmbientCapabilities")).toBe(settingOf(user, "CapabilityBoundingSet"));
  });

  test("says why where it forbids less than it could", () => {
    const lines = root.split("\n");
    for (const line of lines.filter((one) =>
      /^(MemoryDenyWriteExecute|PrivateUsers|ProtectControlGroups)=no/.test(one),
    ))
      expect(lines[lines.indexOf(line) - 1]).toStartWith("# ");
  });

  test("quotes a path that systemd would read otherwise", () => {
    const odd = unitText({ exec: '/opt/my "tools"/$x/100%/nsomem', user: undefined });
    expect(settingOf(odd, "ExecStart")).toBe('"/opt/my \\"tools\\"/$$x/100%%/nsomem" start --wait');
  });
});
