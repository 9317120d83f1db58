import { describe, expect, test } from "bun:test";
import {
  type CoreRule,
  describePassedOver,
  type ExecutableFinding,
  rankCores,
} from "../../src/core/core-candidate.ts";

const [nobody, nso, admin] = [65534, 999, 1001];
const objection = "it is not theirs";
/** Root's agent where the run directory belongs to user nso. */
const roots: CoreRule = { ranks: [[0, nso]], objection };
/** An ordinary user's agent. */
const admins: CoreRule = { ranks: [[admin], [0]], objection };

interface Row {
  what: string;
  rule: CoreRule;
  /** In PID order, from 1: each one's user, and what is found of its executable where that is not fit. */
  candidates: { uid: number; executable?: "unfit" | "unreadable" }[];
  taken: number[];
  passedOver: [pid: number, cause: string][];
}

const table: Row[] = [
  {
    what: "root's agent takes root's core",
    rule: roots,
    candidates: [{ uid: 0 }],
    taken: [1],
    passedOver: [],
  },
  {
    what: "and that of the owner of NSO's directories",
    rule: roots,
    candidates: [{ uid: nso }],
    taken: [1],
    passedOver: [],
  },
  {
    what: "not a stranger's, though it is the only one",
    rule: roots,
    candidates: [{ uid: nobody }],
    taken: [],
    passedOver: [[1, "user"]],
  },
  {
    what: "a stranger's is not ambiguous with it, before or after it",
    rule: roots,
    candidates: [{ uid: nobody }, { uid: nso }, { uid: admin }],
    taken: [2],
    passedOver: [
      [1, "user"],
      [3, "user"],
    ],
  },
  {
    what: "root's and the owner's are equals: the operator must choose",
    rule: roots,
    candidates: [{ uid: 0 }, { uid: nso }],
    taken: [1, 2],
    passedOver: [],
  },
  {
    what: "one whose executable others could have written is not taken, nor ambiguous with one that is fit",
    rule: roots,
    candidates: [{ uid: 0, executable: "unfit" }, { uid: 0 }],
    taken: [2],
    passedOver: [[1, "unfit"]],
  },
  {
    what: "one whose executable cannot be read is not taken",
    rule: roots,
    candidates: [{ uid: 0, executable: "unreadable" }],
    taken: [],
    passedOver: [[1, "unreadable"]],
  },
  {
    what: "a stranger's executable is not even looked at",
    rule: roots,
    candidates: [{ uid: nobody, executable: "unreadable" }],
    taken: [],
    passedOver: [[1, "user"]],
  },
  {
    what: "an ordinary user's agent takes his own before root's",
    rule: admins,
    candidates: [{ uid: 0 }, { uid: admin }],
    taken: [2],
    passedOver: [],
  },
  {
    what: "root's where he has none",
    rule: admins,
    candidates: [{ uid: 0 }, { uid: nobody }],
    taken: [1],
    passedOver: [[2, "user"]],
  },
  {
    what: "root's where his own is not fit",
    rule: admins,
    candidates: [{ uid: 0 }, { uid: admin, executable: "unfit" }],
    taken: [1],
    passedOver: [[2, "unfit"]],
  },
  {
    what: "never another user's",
    rule: admins,
    candidates: [{ uid: nso }],
    taken: [],
    passedOver: [[1, "user"]],
  },
  {
    what: "a user who was asked for is taken alone, also before root",
    rule: { ranks: [[nso]], objection },
    candidates: [{ uid: 0 }, { uid: nso }],
    taken: [2],
    passedOver: [[1, "user"]],
  },
  { what: "none are none", rule: roots, candidates: [], taken: [], passedOver: [] },
];

describe("which candidates are taken for NSO", () => {
  test.each(table)("$what", ({ rule, candidates, taken, passedOver }) => {
    const cores = candidates.map((candidate, index) => ({ pid: index + 1, ...candidate }));
    const judged: number[] = [];
    const ranking = rankCores(cores, rule, ({ pid, uid, executable }): ExecutableFinding => {
      judged.push(uid);
      return executable ? { state: executable, why: `${executable} ${pid}` } : { state: "fit" };
    });
    expect(ranking.taken.map(({ pid }) => pid)).toEqual(taken);
    const causes = ranking.passedOver.map(({ core, cause }): [number, string] => [core.pid, cause]);
    expect(causes.toSorted(([a], [b]) => a - b)).toEqual(passedOver);
    expect(judged.every((uid) => rule.ranks.flat().includes(uid))).toBe(true);
  });
});

test("who is passed over is named with the reason and the way to have it followed", () => {
  const core = { pid: 812, uid: admin };
  expect(describePassedOver({ core, cause: "user", why: "it is not root's" }, "admin")).toEqual({
    found: "PID 812 of user admin looks like NSO, but it is not root's",
    wayOut: "name it with --user admin or --pid 812",
  });
  const unreadable = describePassedOver(
    { core, cause: "unreadable", why: "what it executes cannot be read" },
    "admin",
  );
  expect(unreadable.wayOut).toBe("name it with --pid 812");
});
