import { expect, test } from "bun:test";
import { readJunit } from "./junit.ts";

const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="4" failures="1" skipped="2">
  <testsuite name="x.test.ts" file="x.test.ts">
    <testcase name="passes" classname="a &lt;b&gt;" time="0.01" file="x.test.ts" line="2" />
    <testcase name="bad &gt; worse" classname="a &amp;" time="0.01" file="x.test.ts" line="2">
      <failure type="AssertionError" message="no">no</failure>
    </testcase>
    <testcase name="left out" classname="" time="0" file="x.test.ts" line="3">
      <skipped />
    </testcase>
    <testcase name="to come" classname="" time="0" file="x.test.ts" line="4">
      <skipped message="TODO" />
    </testcase>
  </testsuite>
</testsuites>`;

test("each test of a report counts once, with its name where it did not pass", () => {
  expect(readJunit(report)).toEqual({
    passed: 1,
    skipped: ["x.test.ts: left out", "x.test.ts: to come"],
    failed: ["x.test.ts: a & > bad > worse"],
  });
});

test("an empty report counts nothing, so that a crashed run is not taken for a good one", () => {
  expect(readJunit("")).toEqual({ passed: 0, skipped: [], failed: [] });
});
