import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followLink, resolveLinks } from "../../src/linux/follow-link.ts";

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), "nsomem-link-")));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const at = (name: string) => join(dir, name);
const place = (name: string) => ({ path: at(name), reach: at(name) });

describe("in our own root", () => {
  test("what is no link, and what is not there, is itself", async () => {
    writeFileSync(at("file"), "");
    expect(await followLink(place("file"), "/")).toEqual(place("file"));
    expect(await followLink(place("none"), "/")).toEqual(place("none"));
  });

  test("a link leads where it says, over others and relative ones, to what need not exist", async () => {
    mkdirSync(at("large"));
    symlinkSync("large/dump", at("second"));
    symlinkSync(at("second"), at("first"));
    expect(await followLink(place("first"), "/")).toEqual(place("large/dump"));
  });

  test("links in a circle lead nowhere", async () => {
    symlinkSync(at("b"), at("a"));
    symlinkSync(at("a"), at("b"));
    expect(await followLink(place("a"), "/")).toBeUndefined();
  });
});

describe("in another root", () => {
  test("an absolute link is one of that root, also of a directory on the way", async () => {
    mkdirSync(at("data"));
    mkdirSync(at("run"));
    symlinkSync("/data/dump", at("run/dump"));
    symlinkSync("/run", at("var"));
    const inside = { path: "/var/dump", reach: at("var/dump") };
    expect(await resolveLinks(inside, dir)).toEqual({ path: "/data/dump", reach: at("data/dump") });
  });

  test("and none leads out of it", async () => {
    symlinkSync("../../../../etc/passwd", at("dump"));
    const inside = { path: "/dump", reach: at("dump") };
    expect(await resolveLinks(inside, dir)).toEqual({ path: "/etc/passwd", reach: at("etc/passwd") });
  });
});
