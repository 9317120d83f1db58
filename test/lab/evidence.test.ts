/** What nsomem says of a real JVM and of real Pythons, held beside what they say of themselves. */

import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { identify, type ProcessIdentity } from "../../src/linux/procfs.ts";
import type { Census } from "../../src/rescue/evidence/memory/census.ts";
import type { Subject, TakenPiece } from "../../src/rescue/evidence/piece.ts";
import { piecesOf, takeEvidence } from "../../src/rescue/evidence/take-evidence.ts";
import { missingCommand, testUnless } from "./missing.ts";
import { jvmMissing, pythonMissing, startJvm, startPythonVm, type Vm } from "./vm.ts";

setDefaultTimeout(60_000);

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
const keep = (vm: Vm): Vm => {
  stops.push(vm.stop);
  return vm;
};

interface Taken {
  pieces: TakenPiece[];
  texts: Map<string, string>;
}

async function evidenceOf(vm: Vm, group: "javavm" | "pythonvm"): Promise<Taken> {
  const subject: Subject = {
    ...(identify("/proc", vm.pid) as ProcessIdentity),
    ...{ procDir: "/proc", group, name: "vm", mayAttach: true, ncs: undefined },
    stop: new AbortController().signal,
  };
  const taken: Taken = { pieces: [], texts: new Map() };
  for await (const { taken: piece, text } of takeEvidence(subject, piecesOf(group))) {
    taken.pieces.push(piece);
    if (text !== undefined) taken.texts.set(piece.piece, text);
  }
  return taken;
}

function censusIn({ pieces }: Taken, name: string): Census {
  const piece = pieces.find((one) => one.piece === name);
  if (!piece || piece.missing !== null) throw new Error(`no ${name}: ${piece?.missing}`);
  return piece.data as Census;
}

const countOf = (census: Census, name: string) => census.kinds.find((kind) => kind.name === name)?.count ?? 0;

/** Of `-all`, as the census counts: what is not used any more too. */
function histogramOf(vm: Vm): Map<string, number> {
  const { stdout } = Bun.spawnSync(["jcmd", String(vm.pid), "GC.class_histogram", "-all"]);
  const rows = [...stdout.toString().matchAll(/^ *\d+: +(\d+) +\d+ +(\S+)/gm)];
  return new Map(rows.map(([, count, name = ""]) => [name, Number(count)]));
}

const collectors = [
  "-XX:+UseG1GC",
  "-XX:+UseSerialGC",
  "-XX:+UseParallelGC",
  "-XX:-UseCompressedClassPointers",
] as const;

describe("a JVM", () => {
  for (const flag of collectors)
    testUnless(
      jvmMissing ?? missingCommand("jcmd"),
      `with ${flag} has as many objects of each class as its own histogram counts, within a tenth`,
      async () => {
        const vm = keep(await startJvm({ heapMib: 512, flags: [flag] }));
        await vm.ask("routes 400000");
        const taken = await evidenceOf(vm, "javavm");
        const census = censusIn(taken, "class census");
        const histogram = histogramOf(vm);
        for (const [name, internal] of [
          ["com.tailf.ncs.NcsJVMLauncher$Route", "com.tailf.ncs.NcsJVMLauncher$Route"],
          ["long[]", "[J"],
          ["java.lang.String", "java.lang.String"],
          ["java.util.HashMap$Node", "java.util.HashMap$Node"],
        ] as const) {
          const real = histogram.get(internal) ?? 0;
          expect(real).toBeGreaterThan(390_000);
          expect(countOf(census, name) / real).toBeWithin(0.9, 1.1);
        }
        expect(census.kinds[0]?.name).toBe("long[]");
      },
    );

  testUnless(jvmMissing, "tells its heap, its threads and its largest arrays", async () => {
    const vm = keep(await startJvm({ heapMib: 512, flags: ["-XX:+UseG1GC"] }));
    await vm.hold(200);
    const { pieces, texts } = await evidenceOf(vm, "javavm");
    expect(pieces.filter(({ missing }) => missing !== null)).toEqual([]);
    const [heap, classes] = pieces;
    expect(heap?.headline).toMatch(/^JVM heap [2-4]\d\d MiB of 512 MiB$/);
    expect(classes?.headline).toMatch(/^top classes byte\[\] (19\d|20\d|21\d) MiB/);
    expect(texts.get("thread dump")).toContain('"main"');
    expect(texts.get("heap info")).toContain("garbage-first heap");
    expect(texts.get("threads")).toContain("VM Thread");
  });

  testUnless(jvmMissing, "with -Xrs, which has no handler for SIGQUIT, has its socket anyway", async () => {
    const vm = keep(await startJvm({ flags: ["-Xrs"] }));
    const { texts } = await evidenceOf(vm, "javavm");
    expect(texts.get("thread dump")).toContain('"main"');
    expect(vm.isRunning()).toBe(true);
  });

  testUnless(
    jvmMissing,
    "with ZGC, or without counters and attachment, says what cannot be had",
    async () => {
      const flags = ["-XX:+UseZGC", "-XX:-UsePerfData", "-XX:+DisableAttachMechanism"];
      const vm = keep(await startJvm({ heapMib: 256, flags }));
      const { pieces } = await evidenceOf(vm, "javavm");
      const why = Object.fromEntries(pieces.map(({ piece, missing }) => [piece, missing]));
      expect(why["heap counters"]).toContain("-XX:-UsePerfData");
      expect(why["class census"]).toBe("ZGC: not known");
      expect(why["thread dump"]).toContain("-XX:+DisableAttachMechanism");
      expect(vm.isRunning()).toBe(true);
    },
  );
});

/** Those of the versions with known layouts that this machine has. */
const pythons = [
  "/usr/bin/python3",
  ...["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"].map((one) => `python${one}`),
]
  .map((name) => Bun.which(name))
  .filter((path): path is string => path !== null && works(path));

function works(path: string): boolean {
  return Bun.spawnSync([path, "-c", "import sys; sys.exit(not (3, 8) <= sys.version_info < (3, 14))"])
    .success;
}

describe("a Python VM", () => {
  test.skipIf(pythonMissing !== undefined).each([...new Set(pythons)])(
    "of %s has as many objects of each type as its collector knows, within a tenth",
    async (python) => {
      const vm = keep(await startPythonVm({ name: "l3vpn", python }));
      await vm.ask("nodes 60000");
      const taken = await evidenceOf(vm, "pythonvm");
      expect(taken.pieces.filter(({ missing }) => missing !== null)).toEqual([]);
      const census = censusIn(taken, "type census");
      for (const type of ["Node", "Slim", "list"]) {
        const real = Number((await vm.ask(`count ${type}`)).split(" ")[1]);
        expect(real).toBeGreaterThan(59_000);
        expect(countOf(census, type) / real).toBeWithin(0.9, 1.1);
      }
      expect(vm.isRunning()).toBe(true);
    },
  );

  testUnless(pythonMissing, "whose child grew has that child's types", async () => {
    const vm = keep(await startPythonVm({ name: "l3vpn", children: 2 }));
    const { pieces } = await evidenceOf(vm, "pythonvm");
    expect(pieces.find(({ piece }) => piece === "process")?.headline).toMatch(
      /^\d+\.\d MiB resident, 2 children with \d/,
    );
  });
});
