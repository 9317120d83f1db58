import { expect, test } from "bun:test";
import { pictureContent } from "../../../src/report/picture/picture-content.ts";
import { subjectsOf } from "../../../src/report/series/subject.ts";
import { analyse } from "../../../src/report/statistics/analysis.ts";
import { gib, meta, sampleRecording } from "../sample.ts";

const startMs = Date.parse("2025-11-23T13:09:51Z");
const recorded = (hugePagesKib: number) =>
  sampleRecording({ startMs, ticks: 3, memTotalKib: 16 * gib, meta: { ...meta, hugePagesKib } });

test("huge pages are neither used nor part of the limit that is drawn, which is called so", () => {
  const recording = recorded(10 * gib);
  recording.host.memUsedKib.fill(11 * gib);
  const subjects = subjectsOf(recording);
  expect(subjects.host.memTotalName).toBe("MemTotal-Hugetlb");
  expect([...subjects.host.memTotal.kib]).toEqual([6 * gib, 6 * gib, 6 * gib]);
  expect([...subjects.host.memUsed.kib]).toEqual([gib, gib, gib]);
  const limits = pictureContent(recording, subjects)
    .comparisons()
    .map((picture) => ("limit" in picture ? picture.limit?.label : undefined));
  expect(limits).toContain("MemTotal-Hugetlb");
  // What is exported stays as it was.
  expect(recording.host.memTotalKib[0]).toBe(16 * gib);
});

test("without huge pages the limit is MemTotal, all of it", () => {
  const { host } = subjectsOf(recorded(0));
  expect(host.memTotalName).toBe("MemTotal");
  expect(host.memTotal.kib[0]).toBe(16 * gib);
});

test("the findings name the limit", () => {
  const recording = recorded(10 * gib);
  recording.host.memUsedKib.fill(15.9 * gib);
  const texts = analyse(recording).findings.map(({ text }) => text);
  expect(texts.join("\n")).toContain("Physical memory was critical: 98.3 % of MemTotal-Hugetlb");
});
