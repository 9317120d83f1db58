import { expect, test } from "bun:test";
import { parseCdbPersistence } from "../../src/core/cdb-persistence.ts";

const conf = (body: string) =>
  `<ncs-config xmlns="http://tail-f.com/yang/tailf-ncs-config"><cdb><enabled>true</enabled>${body}</cdb></ncs-config>`;

test("format and thresholds, with and without prefixes", () => {
  const text = conf(
    "<persistence><format>on-demand-v1</format><offload><interval>PT5S</interval><threshold><system-memory-percentage>80</system-memory-percentage><megabytes>4096</megabytes></threshold></offload></persistence>",
  );
  const found = { format: "on-demand-v1", thresholdPercent: 80, thresholdMib: 4096 };
  expect(parseCdbPersistence(text)).toEqual(found);
  expect(parseCdbPersistence(text.replaceAll(/<(\/?)/g, "<$1n:"))).toEqual(found);
});

test("nothing where it says nothing, or says it elsewhere or in a comment", () => {
  const format = "<format>in-memory-v1</format>";
  for (const body of ["", format, `<!-- <persistence>${format}</persistence> -->`])
    expect(parseCdbPersistence(conf(body))).toEqual({});
});
