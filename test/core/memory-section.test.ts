import { describe, expect, test } from "bun:test";
import { memorySectionFor, parseMemorySection } from "../../src/core/memory-section.ts";
import { documentedSection, schemaComplaints } from "./memory-management-schema.ts";

const section = `<memory-management>
    <actions>
      <action><name>tight</name><used-memory-threshold-percentage>85</used-memory-threshold-percentage>
        <debug-dump><count>2</count><cooldown-period>PT60M</cooldown-period><directory>/dumps</directory></debug-dump></action>
      <action><free-memory-threshold-bytes>1073741824</free-memory-threshold-bytes></action>
    </actions>
  </memory-management>`;
const conf = (body: string) =>
  `<?xml version="1.0"?>\n<ncs-config xmlns="http://tail-f.com/yang/tailf-ncs-config">\n  <db-mode>running</db-mode>\n  ${body}\n</ncs-config>`;

describe("the memory-management section of ncs.conf", () => {
  test("is found with its actions, and as it stands in the file", () => {
    expect(parseMemorySection(conf(section))).toEqual({
      xml: section,
      actions: [
        { name: "tight", usedPercent: 85, count: 2, cooldown: "PT60M", directory: "/dumps" },
        { freeBytes: 1073741824 },
      ],
    });
  });

  test("is not found where there is none, in a comment, in CDATA, or in another place", () => {
    expect(parseMemorySection(conf(""))).toBeUndefined();
    expect(parseMemorySection(conf(`<!-- ${section} -->`))).toBeUndefined();
    expect(parseMemorySection(conf(`<x><![CDATA[${section}]]></x>`))).toBeUndefined();
    expect(parseMemorySection(conf(`<other>${section}</other>`))).toBeUndefined();
  });

  test("prefixes of namespaces and an empty element do not matter", () => {
    expect(parseMemorySection(conf("<n:memory-management/>"))?.actions).toEqual([]);
    const prefixed = conf(section).replaceAll(/<(\/?)(?!\?)/g, "<$1ncs:");
    expect(parseMemorySection(prefixed)?.actions).toEqual(parseMemorySection(conf(section))?.actions ?? []);
  });

  test("a leaf of another place than the schema's is not one of its own", () => {
    const flat = "<action><count>3</count><directory>/d</directory></action>";
    const read = parseMemorySection(
      conf(`<memory-management><actions>${flat}</actions></memory-management>`),
    );
    expect(read?.actions).toEqual([{}]);
  });

  test("what is no XML at all has none", () => {
    for (const text of ["", "<", "<<<>>>", "</a></b>", "<ncs-config><memory-management>", "\0\0"])
      expect(parseMemorySection(text)).toBeUndefined();
  });

  test("broken behind its section it has it, as far as it goes", () => {
    for (const text of [conf(section).slice(0, -5), conf(`${section}<!-- `), conf(`${section}<a b="<c d="`)])
      expect(parseMemorySection(text)?.xml).toBe(section);
  });

  test("a value in quotes may hold what ends a tag elsewhere", () => {
    expect(parseMemorySection(conf(`<a b="x>y" c='/>'/>${section}`))?.xml).toBe(section);
  });

  test.each(["<", "<a ", "<a>", "</", "<?", "<!", '<a b="', "<a b='>", "<!--", "a"])(
    "a megabyte of %p is read in no time",
    (broken) => {
      const text = broken.repeat(1024 ** 2 / broken.length);
      const startedAt = performance.now();
      expect(parseMemorySection(text)).toBeUndefined();
      expect(parseMemorySection(`<${text}`)).toBeUndefined();
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    },
  );

  test("the fragment that doctor offers is read as it was meant", () => {
    expect(parseMemorySection(conf(memorySectionFor(90, "/var/dumps")))?.actions).toEqual([
      { name: "nsomem-warning", usedPercent: 90, count: 3, cooldown: "PT10M", directory: "/var/dumps" },
    ]);
  });
});

describe("the schema of ncs.conf(5)", () => {
  test("holds for the documented form, which is read with all that it says", () => {
    expect(schemaComplaints(documentedSection)).toEqual([]);
    expect(parseMemorySection(conf(documentedSection))?.actions).toEqual([
      { name: "first-look", usedPercent: 85, count: 4, cooldown: "PT15M", directory: "/var/opt/ncs/dumps" },
      { name: "little-left", freeBytes: 4 * 1024 ** 3, directory: "/var/opt/ncs/dumps" },
    ]);
  });

  test.each([
    ["90 %", memorySectionFor(90, "/var/opt/ncs/dumps")],
    ["a percentage with decimals", memorySectionFor(92.5, "/var/opt/ncs/dumps")],
    ["a directory with what XML keeps for itself", memorySectionFor(90, "/var/a&b<c")],
  ])("holds for the fragment that doctor offers, for %s", (_, fragment) =>
    expect(schemaComplaints(fragment)).toEqual([]),
  );

  test.each([
    ["dumps beside their container", "<count>3</count>"],
    ["no directory", "<debug-dump><count>3</count></debug-dump>"],
    ["a relative directory", "<debug-dump><directory>dumps</directory></debug-dump>"],
    [
      "a duration in words",
      "<debug-dump><directory>/d</directory><cooldown-period>10m</cooldown-period></debug-dump>",
    ],
    [
      "two thresholds",
      "<free-memory-threshold-bytes>1</free-memory-threshold-bytes><debug-dump><directory>/d</directory></debug-dump>",
    ],
  ])("does not hold for %s", (_, rest) => {
    const threshold = "<used-memory-threshold-percentage>90</used-memory-threshold-percentage>";
    const action = `<action><name>a</name>${threshold}${rest}</action>`;
    expect(
      schemaComplaints(`<memory-management><actions>${action}</actions></memory-management>`),
    ).not.toEqual([]);
  });
});
