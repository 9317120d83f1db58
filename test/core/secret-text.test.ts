import { describe, expect, test } from "bun:test";
import { isPlainValue, isSecretName, withoutSecrets } from "../../src/core/secret-text.ts";

describe("a text without secrets", () => {
  for (const line of [
    "password=PLANTED",
    "password = 'PLANTED with blanks'",
    '{"api-key": "PLANTED", "a": 1}',
    "-Djavax.net.ssl.keyStorePassword=PLANTED -Xmx4G",
    "--admin-password PLANTED --verbose",
    "curl https://admin:PLANTED@nso/restconf",
    "Authorization: Bearer PLANTED",
    "<secret>PLANTED</secret>",
    '<ns:password a="b">PLANTED</ns:password>',
    "$8$PLANTED0abcdefghijk=",
    "$6$salt$PLANTED",
    "-----BEGIN RSA PRIVATE KEY-----\nPLANTED\n-----END RSA PRIVATE KEY-----",
    "aes 0123456789abcdefPLANTED0123456789abcdef0",
    "NCS_SECRET_TOKEN=PLANTED",
    "shared_secret: PLANTED",
  ])
    test(line.split("\n")[0] ?? "", () => expect(withoutSecrets(line)).not.toContain("PLANTED"));

  test("keeps what an engineer needs", () => {
    for (const line of [
      "-Xmx4G -Dhost=127.0.0.1 -Dport=4569",
      "NCS_DIR=/opt/ncs/current",
      "2026-11-28T12:00:00.000+00:00 [INFO] SIGUSR1 sent",
      "12 h 10 min: 98 % of MemTotal",
      "MemTotal:       24684096 kB",
    ])
      expect(withoutSecrets(line)).toBe(line);
  });
});

test("a name of a key or a password is one of a secret; the place of a key is none", () => {
  for (const name of ["key", "key1", "AESKey", "user-password", "passphrase", "NCS_TOKEN", "community"])
    expect(isSecretName(name)).toBe(true);
  for (const name of ["key-file", "ssh-server-key-dir", "passive", "port", "filename", "enabled"])
    expect(isSecretName(name)).toBe(false);
});

test("numbers, switches, durations and paths are plain; a word, a name and a long text of digits are not", () => {
  for (const value of [
    "",
    "12",
    "S10M",
    "PT30S",
    "true",
    "/var/log/ncs/devel.log",
    "./logs",
    `\${NCS_LOG_DIR}/ncs.log`,
  ])
    expect(isPlainValue(value)).toBe(true);
  for (const value of ["admin", "PLANTED", "a b", "$8$abc", "/x/$8$abc"])
    expect(isPlainValue(value)).toBe(false);
});
