/** A small Debian in a directory, to install packages into; its systemctl is a stand-in that keeps what it was told. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached, compile, labFile } from "./cache.ts";
import { missingCommand } from "./missing.ts";

/** Why it cannot be had here, or undefined. */
export const packageRootMissing: string | undefined =
  process.getuid?.() === 0 ? missingCommand("mmdebstrap", "dpkg-deb", "rpmbuild", "zstd") : "not root";

export interface PackageRoot extends Disposable {
  path: string;
  /** Runs a command in it, as root there. */
  run(...argv: string[]): { exitCode: number; output: string };
  /** What systemctl was told since the last time, a line each. */
  systemctlCalls(): string[];
}

export function packageRoot(): PackageRoot {
  const base = cached("package-root", [labFile("package-root.ts")], (partial) =>
    compile(["mmdebstrap", "--quiet", "--variant=essential", "bookworm", join(partial, "root")]),
  );
  const directory = mkdtempSync(join(tmpdir(), "nsomem-package-root-"));
  const path = join(directory, "root");
  compile(["cp", "-a", join(base, "root"), path]);
  mkdirSync(join(path, "run/systemd/system"), { recursive: true });
  const calls = join(path, "systemctl.calls");
  writeFileSync(join(path, "usr/bin/systemctl"), '#!/bin/sh\necho "$*" >>/systemctl.calls\n', {
    mode: 0o755,
  });
  return {
    path,
    run: (...argv) => {
      const result = Bun.spawnSync(["chroot", path, ...argv], {
        env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
        stdin: "ignore",
        stderr: "pipe",
      });
      return { exitCode: result.exitCode, output: `${result.stdout}${result.stderr}` };
    },
    systemctlCalls: () => {
      if (!existsSync(calls)) return [];
      const lines = readFileSync(calls, "utf8").trim().split("\n");
      rmSync(calls);
      return lines;
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}
