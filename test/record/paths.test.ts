import { describe, expect, test } from "bun:test";
import { resolvePaths } from "../../src/record/paths.ts";

const nobodyHas = () => undefined;

describe("the directories of a service", () => {
  const env = {
    HOME: "/home/nso",
    STATE_DIRECTORY: "/var/lib/private/nsomem:/var/lib/other",
    LOGS_DIRECTORY: "/var/log/private/nsomem",
    RUNTIME_DIRECTORY: "/run/private/nsomem",
    CONFIGURATION_DIRECTORY: "/etc/elsewhere",
  };

  test("are those that systemd made, the first of several", () => {
    const paths = resolvePaths({ uid: 999, env, ownerOf: nobodyHas });
    expect(paths).toMatchObject({
      config: "/etc/elsewhere/nsomem.toml",
      history: "/var/lib/private/nsomem/history.db",
      agentLog: "/var/log/private/nsomem/agent.log",
      statusFile: "/run/private/nsomem/status.json",
      cores: "/var/lib/private/nsomem/cores",
    });
  });

  test("are root's too; --home and --name hold as ever", () => {
    expect(resolvePaths({ uid: 0, env }).statusFile).toBe("/run/private/nsomem/status.json");
    expect(resolvePaths({ uid: 0, env, home: "/x" }).state).toBe("/x");
    expect(resolvePaths({ uid: 0, env, name: "lab" }).state).toBe("/var/lib/private/nsomem/instances/lab");
  });

  test("are found by the service's user without its environment, and by nobody else", () => {
    const ownerOf = (dir: string) => (dir === "/var/lib/nsomem" ? 999 : undefined);
    expect(resolvePaths({ uid: 999, env: { HOME: "/home/nso" }, ownerOf }).statusFile).toBe(
      "/run/nsomem/status.json",
    );
    expect(resolvePaths({ uid: 998, env: { HOME: "/home/x" }, ownerOf }).state).toBe(
      "/home/x/.local/state/nsomem",
    );
  });

  test("that are no absolute paths are none", () => {
    expect(resolvePaths({ uid: 0, env: { STATE_DIRECTORY: "state" } }).state).toBe("/var/lib/nsomem");
  });
});
