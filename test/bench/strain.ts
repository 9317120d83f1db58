/** What a host may be busy with while memory grows. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";

export type StrainKind = "none" | "cpu" | "disk" | "frozen";

export interface Strain {
  /** The agent has started. */
  begin(): Promise<void>;
  /** May be called twice: an agent on a frozen disk cannot end before it. */
  stop(): Promise<void>;
}

/** `home` is the agent's; nothing is in it yet, and the agent starts when this resolves. */
export async function prepareStrain(
  kind: StrainKind,
  { dir, home }: { dir: string; home: string },
): Promise<Strain> {
  switch (kind) {
    case "none":
      return { begin: async () => {}, stop: async () => {} };
    case "cpu":
      return loops(
        Array.from({ length: 4 }, () => "while :; do :; done"),
        500,
      );
    case "disk":
      return loops(
        ["oflag=direct", "conv=fsync", "oflag=direct", "conv=fsync"].map(
          (flag, index) =>
            `while :; do dd if=/dev/zero of=${join(dir, `load-${index}`)} bs=4M count=60 ${flag} 2>/dev/null; done`,
        ),
        3000,
      );
    case "frozen":
      return frozen(dir, home);
    default:
      return kind satisfies never;
  }
}

function loops(scripts: readonly string[], settleMs: number): Strain {
  let children: Bun.Subprocess[] = [];
  return {
    async begin() {
      children = scripts.map((script) =>
        // Bounded, also where the bench is killed.
        Bun.spawn(["timeout", "60", "bash", "-c", script], {
          stdio: ["ignore", "ignore", "ignore"],
          detached: true,
        }),
      );
      await Bun.sleep(settleMs);
    },
    async stop() {
      const begun = children.splice(0);
      for (const { pid } of begun) process.kill(-pid, "SIGKILL");
      await Promise.all(begun.map(({ exited }) => exited));
    },
  };
}

/** A file system of its own below the agent's files, frozen while memory grows. */
function frozen(dir: string, home: string): Strain {
  const image = join(dir, "image");
  mkdirSync(home, { recursive: true });
  system("truncate", "-s", "64m", image);
  system("mkfs.ext4", "-q", image);
  system("mount", "-o", "loop", image, home);
  let isFrozen = false;
  let isMounted = true;
  const thaw = () => {
    if (isFrozen) system("fsfreeze", "-u", home);
    isFrozen = false;
  };
  process.on("exit", thaw);
  return {
    async begin() {
      await Bun.sleep(1000);
      system("fsfreeze", "-f", home);
      isFrozen = true;
      // Whoever hangs on it by mistake is released, also where the bench is killed.
      Bun.spawn(["sh", "-c", 'sleep 30; fsfreeze -u "$1"', "sh", home], {
        stdio: ["ignore", "ignore", "ignore"],
      }).unref();
    },
    async stop() {
      thaw();
      process.off("exit", thaw);
      if (!isMounted) return;
      isMounted = false;
      await Bun.sleep(500);
      system("umount", "-l", home);
    },
  };
}

function system(...words: string[]): void {
  const result = Bun.spawnSync(words, { stderr: "pipe" });
  if (!result.success) throw new Error(`${words.join(" ")}: ${result.stderr}`);
}
