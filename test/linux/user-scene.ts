/** A directory that other users may enter, with executables of theirs. */

import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface UserScene {
  dir: string;
  /** Writes `text` as an executable at `name`, and makes the directories on the way root's. */
  script(name: string, text: string, options?: { uid?: number; mode?: number }): string;
  close(): void;
}

export function createUserScene(): UserScene {
  const dir = mkdtempSync(join(tmpdir(), "nsomem-users-"));
  chmodSync(dir, 0o755);
  return {
    dir,
    script(name, text, { uid = 0, mode = 0o755 } = {}) {
      const path = join(dir, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `#!/bin/sh\n${text}\n`);
      chmodSync(path, mode);
      chownSync(path, uid, uid);
      return path;
    },
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}
