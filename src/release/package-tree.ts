/** What a package puts on a host, as a directory tree; both package managers get the same but for zsh's place. */

import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { unitName, unitText } from "../service/unit.ts";
import { run } from "./run.ts";

/** The operator's own file: a package manager keeps what he changed in it. */
export const configurationFile = "/etc/nsomem/nsomem.toml";

/** What a binary says that runs on this host, and what is the same in the packages of all architectures. */
export interface Texts {
  man: string;
  bash: string;
  zsh: string;
  fish: string;
  configuration: string;
  licences: string;
}

export function textsOf(nsomem: string): Texts {
  const completion = (shell: string) => run([nsomem, "completion", shell]);
  return {
    man: run([nsomem, "man"]),
    bash: completion("bash"),
    zsh: completion("zsh"),
    fish: completion("fish"),
    configuration: commentedConfiguration(nsomem),
    licences: run([nsomem, "licenses"]),
  };
}

function commentedConfiguration(nsomem: string): string {
  const directory = mkdtempSync(join(tmpdir(), "nsomem-release-"));
  try {
    run([nsomem, "init", directory]);
    return readFileSync(join(directory, "nsomem.toml"), "utf8");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export interface TreeOptions {
  /** Made by this, and must not be there. */
  root: string;
  binary: string;
  texts: Texts;
  bill: string;
  /** Where zsh of the distribution looks for completions of packages. */
  zshDirectory: string;
  /** Files of the distribution's own kind: its changelog, its copyright. Path below the root, and text. */
  extra: Readonly<Record<string, string | Uint8Array>>;
}

export function layOut({ root, binary, texts, bill, zshDirectory, extra }: TreeOptions): void {
  const files: Record<string, string | Uint8Array> = {
    [configurationFile]: texts.configuration,
    [`/usr/lib/systemd/system/${unitName}`]: unitText({ exec: "/usr/bin/nsomem", user: undefined }),
    "/usr/share/man/man1/nsomem.1.gz": compressed(texts.man),
    "/usr/share/bash-completion/completions/nsomem": texts.bash,
    [`${zshDirectory}/_nsomem`]: texts.zsh,
    "/usr/share/fish/vendor_completions.d/nsomem.fish": texts.fish,
    "/usr/share/doc/nsomem/nsomem.cdx.json": bill,
    ...extra,
  };
  for (const [path, content] of Object.entries(files)) place(root, path, content);
  // What stands there is obeyed by root's agent, and nobody else needs to read it.
  chmodSync(join(root, configurationFile), 0o600);
  chmodSync(join(root, dirname(configurationFile)), 0o700);
  mkdirSync(join(root, "usr/bin"), { recursive: true, mode: 0o755 });
  copyFileSync(binary, join(root, "usr/bin/nsomem"));
  chmodSync(join(root, "usr/bin/nsomem"), 0o755);
}

/** Without a name and a time inside: the same text gives the same bytes. */
export function compressed(text: string): Uint8Array {
  return gzipSync(text, { level: 9 });
}

function place(root: string, path: string, content: string | Uint8Array): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  writeFileSync(file, content, { mode: 0o644 });
}
