import { expect, test } from "bun:test";
import { parseListenAddress } from "../../src/metrics/listen-address.ts";

test.each<[string, ReturnType<typeof parseListenAddress>]>([
  ["127.0.0.1:9639", { hostname: "127.0.0.1", port: 9639 }],
  ["127.8.0.9:0", { hostname: "127.8.0.9", port: 0 }],
  ["[::1]:65535", { hostname: "::1", port: 65_535 }],
  ["localhost:9639", { hostname: "127.0.0.1", port: 9639 }],
  ["/run/nsomem/metrics.sock", { unix: "/run/nsomem/metrics.sock" }],
])("%s is on this host", (text, address) => expect(parseListenAddress(text)).toEqual(address));

test.each([
  "0.0.0.0:9639",
  ":9639",
  "*:9639",
  "[::]:9639",
  "192.168.1.5:9639",
  "10.0.0.1:9639",
  "128.0.0.1:9639",
  "127.0.0.256:9639",
  "127.0.0.1.example.com:9639",
  "localhost.example.com:9639",
  "[::ffff:10.0.0.1]:9639",
  "nso-1:9639",
])("%s is refused with the reason", (text) =>
  expect(() => parseListenAddress(text)).toThrow("nsomem serves this host alone"),
);

test.each(["9639", "127.0.0.1", "127.0.0.1:65536", "", "metrics.sock", "127.0.0.1:port"])(
  "%p is no address",
  (text) => expect(() => parseListenAddress(text)).toThrow("--listen takes 127.0.0.1:9639"),
);

test("a path that no socket can have is refused", () => {
  expect(() => parseListenAddress(`/${"x".repeat(107)}`)).toThrow("at most 107 bytes");
  expect(parseListenAddress(`/${"x".repeat(106)}`)).toHaveProperty("unix");
});
