import { describe, expect, test } from "bun:test";
import { memorySectionFor, parseMemorySection } from "../../src/core/ncs-conf.ts";

const section = `<memory-management>
    <actions>
      <action><name>debug-dump</name><used-memory-threshold-percentage>85</used-memory-threshold-percentage>
        <count>5</count><cooldown-period>PT60M</cooldown-period><directory>./dumps</directory></action>
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
        { name: "debug-dump", usedPercent: 85, count: 5, cooldown: "PT60M", directory: "./dumps" },
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
      { name: "debug-dump", usedPercent: 90, count: 3, cooldown: "PT10M", directory: "/var/dumps" },
    ]);
  });
});
