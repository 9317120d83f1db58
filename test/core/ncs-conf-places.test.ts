import { expect, test } from "bun:test";
import { parseConfPlaces } from "../../src/core/ncs-conf-places.ts";
import { parsePackageMetaData } from "../../src/core/package-meta-data.ts";

const conf = (body: string) => `<ncs-config>${body}</ncs-config>`;
const main = conf(`
  <load-path><dir>./packages</dir><dir>\${NCS_DIR}/etc/ncs</dir></load-path>
  <state-dir>./state</state-dir>
  <logs>
    <ncs-log><enabled>true</enabled><file><name>\${NCS_LOG_DIR}/ncs.log</name></file></ncs-log>
    <developer-log><file><name>\${MY_DIR:-/data/log}/devel.log</name></file></developer-log>
    <audit-log><file><name>/audit.log</name></file></audit-log>
  </logs>`);
const part = conf(`<logs>
  <developer-log><enabled>false</enabled></developer-log>
  <error-log><filename>\${UNKNOWN}/ncserr.log</filename></error-log></logs>`);

test("ncs.conf and its parts say where logs, packages and state are", () => {
  expect(parseConfPlaces([main, part], { NCS_LOG_DIR: "/logs" })).toEqual({
    logs: {
      "ncs-log": "/logs/ncs.log",
      "developer-log": "/data/log/devel.log",
      "error-log": `\${UNKNOWN}/ncserr.log`,
    },
    disabled: ["developer-log"],
    loadPath: ["./packages", "/opt/ncs/current/etc/ncs"],
    stateDir: "./state",
  });
});

test("a variable that nobody knows has the value of a system install", () => {
  expect(parseConfPlaces([main], {}).logs["ncs-log"]).toBe("/var/log/ncs/ncs.log");
});

test("a package is known by its own name and version, not by those of its components", () => {
  const text = `<?xml version="1.0"?><ncs-package xmlns="http://tail-f.com/ns/ncs-packages">
    <name>l3vpn</name><package-version>1.2.3</package-version><ncs-min-version>6.1</ncs-min-version>
    <component><name>main</name></component></ncs-package>`;
  expect(parsePackageMetaData(text)).toEqual({ name: "l3vpn", version: "1.2.3", ncsMinVersion: "6.1" });
  expect(parsePackageMetaData("<other><name>x</name></other>")).toBeUndefined();
  expect(parsePackageMetaData("<ncs-package><name>a\x1b[31m</name>")?.name).toBe("a\\x1b[31m");
});
