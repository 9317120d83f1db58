import { describe, expect, test } from "bun:test";
import { latestMomentOf, parseStamp } from "../../src/core/stamp.ts";

const latestMs = Date.UTC(2026, 0, 14, 12);
const iso = (stamp: string) => {
  const parsed = parseStamp(stamp, latestMs);
  return parsed.kind === "moment" ? new Date(parsed.atMs).toISOString() : parsed.kind;
};
const local = (...fields: [number, number, number, number, number, number]) =>
  new Date(...fields).toISOString();

describe("what date prints is understood", () => {
  test.each([
    ["Tue Jan 13 13:35:58 CET 2026 ", "2026-01-13T12:35:58.000Z"],
    ["Mon Nov  3 09:05:08 UTC 2025", "2025-11-03T09:05:08.000Z"],
    ["Tue Jul 14 13:35:58 CEST 2026", "2026-07-14T11:35:58.000Z"],
    ["Tue Jan 13 13:35:58 +0530 2026", "2026-01-13T08:05:58.000Z"],
    ["Tue Jan 13 01:35:58 PM CET 2026", "2026-01-13T12:35:58.000Z"],
    ["Tue Mar  3 12:05:07 AM CET 2026", "2026-03-02T23:05:07.000Z"],
    ["Tue Jan 13 01:35:58 p.m. CET 2026", "2026-01-13T12:35:58.000Z"],
    ["Tue Jan 13 01:35:58 pm UTC 2026", "2026-01-13T13:35:58.000Z"],
    ["Tue 13 Jan 2026 01:35:58 PM CET", "2026-01-13T12:35:58.000Z"],
    ["Tue 13 Jan 2026 12:35:58 AM UTC", "2026-01-13T00:35:58.000Z"],
    ["Tue 13 Jan 2026 12:35:58 PM UTC", "2026-01-13T12:35:58.000Z"],
    ["Tuesday 13 January 2026 01:35:58 PM CET", "2026-01-13T12:35:58.000Z"],
    ["Di 13. Jan 13:35:58 CET 2026", "2026-01-13T12:35:58.000Z"],
    ["Di 3. Mär 00:05:07 CET 2026", "2026-03-02T23:05:07.000Z"],
    ["Di 13 Jän 2026 13:35:58 CET", "2026-01-13T12:35:58.000Z"],
    ["mar. 13 janv. 2026 13:35:58 CET", "2026-01-13T12:35:58.000Z"],
    ["mar 03 mar 2026 00:05:07 CET", "2026-03-02T23:05:07.000Z"],
    ["mar. 13 août 2026 13:35:58 CEST", "2026-08-13T11:35:58.000Z"],
    ["mar 13 gen 2026, 13:35:58, CET", "2026-01-13T12:35:58.000Z"],
    ["tir 13 jan 13:35:58 CET 2026", "2026-01-13T12:35:58.000Z"],
    ["ti 13.1.2026 13.35.58 +0100", "2026-01-13T12:35:58.000Z"],
    ["Út 13. ledna 2026, 13:35:58 CET", "2026-01-13T12:35:58.000Z"],
    ["wto, 13 sty 2026, 13:35:58 CET", "2026-01-13T12:35:58.000Z"],
    ["Вт 13 янв 2026 13:35:58 CET", "2026-01-13T12:35:58.000Z"],
    ["Τρι 13 Ιαν 2026 01:35:58 μμ CET", "2026-01-13T12:35:58.000Z"],
    ["2026. jan. 13., kedd, 13:35:58 CET", "2026-01-13T12:35:58.000Z"],
    ["2026年  1月 13日 火曜日 13:35:58 CET", "2026-01-13T12:35:58.000Z"],
    ["2026. 01. 13. (화) 13:35:58 CET", "2026-01-13T12:35:58.000Z"],
    ["Tue, 13 Jan 2026 13:35:58 +0100", "2026-01-13T12:35:58.000Z"],
    ["Tue Jan 13 2026 13:35:58 GMT+0100 (Central European Standard Time)", "2026-01-13T12:35:58.000Z"],
  ])("%s", (stamp, moment) => expect(iso(stamp)).toBe(moment));
});

describe("other tools' stamps are understood", () => {
  test.each([
    ["2026-01-13T13:35:58.120+01:00", "2026-01-13T12:35:58.120Z"],
    ["2026-01-13T13:35:58.669794202Z stdout F ", "2026-01-13T13:35:58.669Z"],
    ["2026-01-13T13:35:58,5+01", "2026-01-13T12:35:58.500Z"],
    ["2026-01-13 13:35:58 +0100", "2026-01-13T12:35:58.000Z"],
    ["[13/Jan/2026:13:35:58 +0100] ", "2026-01-13T12:35:58.000Z"],
    ["13/01/2026 13:35:58 UTC", "2026-01-13T13:35:58.000Z"],
    ["01/13/2026 01:35:58 PM UTC", "2026-01-13T13:35:58.000Z"],
    ["20260113T133558Z", "2026-01-13T13:35:58.000Z"],
    ["1768311358", "2026-01-13T13:35:58.000Z"],
    ["1768311358.669", "2026-01-13T13:35:58.669Z"],
    ["1768311358669", "2026-01-13T13:35:58.669Z"],
    ["Jan 13 13:35:58 nso-1 plot.sh[12345]: Tue Jan 13 13:35:59 CET 2026 ", "2026-01-13T12:35:59.000Z"],
  ])("%s", (stamp, moment) => expect(iso(stamp)).toBe(moment));

  test.each([
    "2026-01-13 13:35:58",
    "2026-01-13 13:35:58.000",
    "2026-01-13T13:35:58",
    "2026/01/13 13:35:58",
    "13.01.26 13:35:58",
    "13-Jan-26 01:35:58 PM",
    "2026年01月13日 13時35分58秒",
    "2026年01月13日 下午 01:35:58",
    "Jan 13 13:35:58 nso-1 plot.sh[123]: ",
  ])("%s, in this host's zone", (stamp) => expect(iso(stamp)).toBe(local(2026, 0, 13, 13, 35, 58)));
});

describe("zones", () => {
  test("that no table knows are this host's own", () => {
    expect(iso("Tue Jan 13 13:35:58 XYZ 2026")).toBe(local(2026, 0, 13, 13, 35, 58));
  });
  test("whose name means several, none of them this host's, are not understood", () => {
    const script = `import { parseStamp } from ${JSON.stringify(`${import.meta.dir}/../../src/core/stamp.ts`)};
      console.log(JSON.stringify(parseStamp("Tue Jan 13 13:35:58 IST 2026", 2e12)));`;
    const inZone = (TZ: string) =>
      JSON.parse(
        Bun.spawnSync([process.execPath, "-e", script], { env: { ...process.env, TZ } }).stdout.toString(),
      );
    expect(inZone("America/New_York")).toEqual({ kind: "unknown" });
    expect(inZone("Asia/Kolkata")).toEqual({ kind: "moment", atMs: Date.parse("2026-01-13T08:05:58Z") });
    expect(inZone("Asia/Jerusalem")).toEqual({ kind: "moment", atMs: Date.parse("2026-01-13T11:35:58Z") });
  });
});

describe("a year that is missing", () => {
  test("is that of the latest such day", () => {
    expect(iso("Jan 14 11:00:00 UTC")).toBe("2026-01-14T11:00:00.000Z");
    expect(iso("Jan 14 12:01:00 UTC")).toBe("2026-01-14T12:01:00.000Z");
    expect(iso("Jan 14 12:01:01 UTC")).toBe("2025-01-14T12:01:01.000Z");
    expect(iso("Dec 31 23:59:59 UTC")).toBe("2025-12-31T23:59:59.000Z");
  });
});

describe("a time of day alone", () => {
  test.each(["13:35:58 ", "[13:35:58]", "01:35:58 PM", "nso-1 plot.sh[123]: 13:35:58"])("%s", (stamp) => {
    expect(parseStamp(stamp, latestMs)).toEqual({ kind: "clock", clockSeconds: 48_958 });
  });
  test("is of today, or of yesterday where it would be to come", () => {
    const nowMs = new Date(2026, 0, 14, 12).getTime();
    const at = (hour: number, minute: number, second: number) =>
      new Date(latestMomentOf(hour * 3600 + minute * 60 + second, nowMs));
    expect(at(12, 1, 0)).toEqual(new Date(2026, 0, 14, 12, 1));
    expect(at(12, 1, 1)).toEqual(new Date(2026, 0, 13, 12, 1, 1));
    expect(at(0, 0, 0)).toEqual(new Date(2026, 0, 14));
  });
});

describe("what cannot be told is unknown, not now", () => {
  test.each([
    "Tue Foo 13 13:35:58 CET 2026",
    "05/06/2026 13:35:58",
    "2026-02-30 13:35:58",
    "2026-01-13T25:35:58Z",
    "2026-01-13 13:61:58",
    "13:35 ",
    "2026-01-13 ",
    "12345.678901 ",
    "۱۳ ژانویه ۲۰۲۶ ۱۳:۳۵:۵۸",
    "13 jan 2569 13:35",
    "令和08年01月13日 13時35分58秒",
    "7 13:35:58 of 12",
  ])("%s", (stamp) => expect(parseStamp(stamp, latestMs)).toEqual({ kind: "unknown" }));
});

describe("what is no stamp is none", () => {
  test.each([
    "",
    "nso-host plot.sh ",
    "stdout F ",
    "10.0.12.1 ",
    "plot.sh[123]: ",
    "nso1.example.com: ",
    "line 7 ",
  ])("%p", (prefix) => expect(parseStamp(prefix, latestMs)).toEqual({ kind: "none" }));
});
