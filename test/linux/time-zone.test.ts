import { expect, test } from "bun:test";

const script = `
  import { followTimeZone } from ${JSON.stringify(`${import.meta.dir}/../../src/linux/time-zone.ts`)};
  followTimeZone(process.env.TZ, Date.UTC(2026, 10, 28));
  console.log(new Date(2026, 0, 13, 12).toISOString(), new Date(2026, 6, 13, 12).toISOString(), process.env.TZ);
`;

function noons(TZ: string): string {
  const { stdout } = Bun.spawnSync([process.execPath, "-e", script], { env: { ...process.env, TZ } });
  return stdout.toString().trim();
}

test.each([
  ["CET-1CEST,M3.5.0,M10.5.0/3", "11", "10"],
  ["EST5EDT,M3.2.0,M11.1.0", "17", "16"],
  ["CET-1CEST", "11", "10"],
  ["<+03>-3", "09", "09"],
  ["/usr/share/zoneinfo/Europe/Prague", "11", "10"],
  ["Europe/Prague", "11", "10"],
  ["EST5EDT", "17", "16"],
  ["UTC", "12", "12"],
])("under TZ=%s noon in January is %s:00 UTC, in July %s:00; TZ stays for children", (TZ, january, july) => {
  expect(noons(TZ)).toBe(`2026-01-13T${january}:00:00.000Z 2026-07-13T${july}:00:00.000Z ${TZ}`);
});

test("half an hour counts", () => {
  expect(noons("IST-5:30")).toBe("2026-01-13T06:30:00.000Z 2026-07-13T06:30:00.000Z IST-5:30");
});
