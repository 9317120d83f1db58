/** Makes one self-contained executable with the monitor, the tool and the report inside. */

import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Target } from "./targets.ts";

export interface Compiled {
  outfile: string;
  /** The npm packages whose code or files are inside, sorted. */
  packages: string[];
}

export interface CompileOptions {
  version: string;
  commit: string;
  outfile: string;
  /** For which host, and with which runtime; this host and the Bun that runs this where absent. */
  target?: { bunTarget: Target["bunTarget"]; runtime: string };
}

/** Throws with Bun's reasons where it does not build. Runs in the directory of package.json. */
export async function compile({ version, commit, outfile, target }: CompileOptions): Promise<Compiled> {
  // Built under another name and renamed over: a running binary cannot be overwritten (ETXTBSY). The name is fixed and
  // in a directory of its own, since it is part of the binary and so of its SHA-256.
  const directory = `${outfile}.partial`;
  const partial = join(directory, "nsomem");
  mkdirSync(directory, { recursive: true });
  try {
    const result = await Bun.build({
      // The second is the thread of the history.
      entrypoints: ["src/main.ts", "src/record/history-thread.ts"],
      target: "bun",
      format: "esm", // --bytecode needs it for top-level await (facts 4.6)
      minify: true,
      bytecode: true,
      splitting: true, // keeps the drawing code out of the commands that draw nothing
      metafile: true,
      define: { NSOMEM_VERSION: JSON.stringify(version), NSOMEM_COMMIT: JSON.stringify(commit) },
      compile: {
        outfile: partial,
        ...(target && { target: target.bunTarget, executablePath: target.runtime }),
        // Otherwise a hostile current directory runs code as root (facts 4.3).
        autoloadBunfig: false,
        autoloadDotenv: false,
        autoloadTsconfig: false,
        autoloadPackageJson: false,
      },
    });
    if (!result.success) throw new AggregateError(result.logs, "the build failed");
    mkdirSync(dirname(outfile), { recursive: true });
    renameSync(partial, outfile);
    return { outfile, packages: packagesOf(Object.keys(result.metafile?.inputs ?? {})) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function packagesOf(inputs: readonly string[]): string[] {
  const names = inputs.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}
