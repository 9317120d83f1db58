/** The agent as a service manager starts it: what it says to it, and that it outlives an NSO that is not there. */

import { describe, expect } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { until } from "../lab/part.ts";
import { startAgent } from "./agent.ts";
import { run } from "./binary.ts";
import { createScene } from "./scene.ts";

const scene = createScene();

/** Listens as systemd does, and writes a line of JSON for each message: its text, and its sender's PID. */
const receiver = `
import json, socket, struct, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
s.bind(sys.argv[1])
with open(sys.argv[2], "w", buffering=1) as out:
    while True:
        data, extra, _, _ = s.recvmsg(4096, socket.CMSG_SPACE(12))
        print(json.dumps([data.decode(), struct.unpack("3i", extra[0][2])[0]]), file=out)
`;

/** An agent in a service's environment, which asks for no --wait and finds no NSO. */
async function startService() {
  const [socket, said] = [join(scene.dir(), "notify"), join(scene.dir(), "said")];
  const systemd = Bun.spawn(["python3", "-c", receiver, socket, said], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  scene.keep({ stop: async () => systemd.kill() });
  await until("the receiver", () => existsSync(socket) || undefined);
  const agent = scene.keep(
    startAgent({
      home: join(scene.dir(), "home"),
      words: ["--conffile", "/no/such/ncs.conf"],
      prefix: ["bash", "-c", 'SYSTEMD_EXEC_PID=$$ exec "$@"', "service"],
      env: { NOTIFY_SOCKET: socket, INVOCATION_ID: "1", WATCHDOG_USEC: "900000" },
    }),
  );
  const messages = () => {
    const lines = existsSync(said) ? readFileSync(said, "utf8").trimEnd().split("\n") : [];
    return lines.filter(Boolean).map((line) => JSON.parse(line) as [text: string, pid: number]);
  };
  const told = (begin: string) =>
    until(begin, () => messages().find(([text]) => text.startsWith(begin)), 15_000);
  return { agent, told, messages };
}

describe("a service", () => {
  testUnless(
    missingCommand("python3"),
    "says what becomes of it, waits for NSO, and owes its pictures",
    async () => {
      const { agent, told, messages } = await startService();
      await told("READY=1");
      await told("STATUS=physical");
      await told("WATCHDOG=1");
      expect((await told("STATUS=physical"))[0]).toEndWith("NSO is down, waiting for it");
      expect(new Set(messages().map(([, pid]) => pid))).toEqual(new Set([agent.pid]));

      expect(await run(["reload", "--quiet", "--home", agent.home])).toEqual({
        exitCode: 0,
        stdout: "",
        stderr: "",
      });
      expect((await told("RELOADING=1"))[0]).toMatch(/^RELOADING=1\nMONOTONIC_USEC=\d+$/);
      const readies = () => messages().filter(([text]) => text === "READY=1").length;
      await until("the second READY", () => readies() === 2 || undefined);
      expect(agent.log("agent.log").match(/configuration taken over/g)).toHaveLength(1);

      expect(agent.isRunning()).toBe(true);
      await agent.stop();
      await told("STOPPING=1");
      expect((await agent.ended).output).toContain("The next start draws the graphs");
      expect(existsSync(join(agent.home, "graphs-owed"))).toBe(true);
      expect(existsSync(join(agent.home, "graphs"))).toBe(false);
    },
  );
});

describe("nsomem service", () => {
  testUnless(
    existsSync("/run/systemd/system") ? "systemd runs this host" : undefined,
    "refuses without systemd, and says what to do instead",
    async () => {
      const { exitCode, stderr } = await run(["service", "install", "--dry-run"]);
      expect(exitCode).toBe(1);
      expect(stderr).toContain("systemd does not run this host");
      expect(stderr).toContain("start --daemon");
    },
  );

  testUnless(undefined, "shows the unit for a package, of root and of NSO's user", async () => {
    const root = await run(["service", "show", "--exec", "/usr/bin/nsomem"]);
    expect(root.stdout).toContain("\nExecStart=/usr/bin/nsomem start --wait\n");
    const user = await run(["service", "show", "--exec", "/usr/bin/nsomem", "--user", "nso"]);
    expect(user.stdout).toContain("\nUser=nso\n");
  });
});
