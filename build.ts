/** Makes `dist/nsomem`: one self-contained executable with the monitor, the tool and the report inside. */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, statSync } from "node:fs";

const outfile = "dist/nsomem";

// Built under another name and renamed over: a running binary cannot be overwritten (ETXTBSY). The name is fixed,
// since it is part of the binary and so of its SHA-256.
const partial = "dist/nsomem.partial";

mkdirSync("dist", { recursive: true });
const { version, commit } = describeCommit();
const result = await Bun.build({
  // The second is the thread of the history.
  entrypoints: ["src/main.ts", "src/record/history-thread.ts"],
  target: "bun",
  format: "esm", // --bytecode needs it for top-level await (facts 4.6)
  minify: true,
  bytecode: true,
  splitting: true, // keeps the drawing code out of the commands that draw nothing
  define: { NSOMEM_VERSION: JSON.stringify(version), NSOMEM_COMMIT: JSON.stringify(commit) },
  compile: {
    outfile: partial,
    // Otherwise a hostile current directory runs code as root (facts 4.3).
    autoloadBunfig: false,
    autoloadDotenv: false,
    autoloadTsconfig: false,
    autoloadPackageJson: false,
  },
});
if (!result.success) {
  for (const log of result.logs) console.error(log);
  process.exit(1);
}
renameSync(partial, outfile);
const sha256 = createHash("sha256").update(readFileSync(outfile)).digest("hex");
console.log(`${outfile}  ${version} (${commit})`);
console.log(`size     ${(statSync(outfile).size / 1e6).toFixed(1)} MB`);
console.log(`sha256   ${sha256}`);

/** The version of package.json, and `git describe`; a source archive without git has no commit to name. */
function describeCommit(): { version: string; commit: string } {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const described = Bun.spawnSync(["git", "describe", "--always", "--dirty", "--tags"], { stderr: "ignore" });
  const commit = described.success ? described.stdout.toString().trim() : "no-git";
  return { version, commit };
}
