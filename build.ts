/** Makes `dist/nsomem`, the executable for this host; with `--release`, what `make release` puts into `dist/release`. */

import { statSync } from "node:fs";
import { basename } from "node:path";
import { compile } from "./src/release/compile.ts";
import { originOf } from "./src/release/origin.ts";
import { sha256Of } from "./src/release/sum.ts";

const origin = originOf();
const nsomem = "dist/nsomem";
await compile({ ...origin, outfile: nsomem });
console.log(`${nsomem}  ${origin.version} (${origin.commit})`);
console.log(`size     ${megabytes(statSync(nsomem).size)}`);
console.log(`sha256   ${sha256Of(nsomem)}`);

if (process.argv.includes("--release")) {
  const { makeRelease } = await import("./src/release/release.ts");
  const files = await makeRelease({ origin, directory: "dist/release", nsomem });
  console.log("\ndist/release, and SHA256SUMS of it:");
  for (const { path, bytes } of files) console.log(`  ${megabytes(bytes).padStart(9)}  ${basename(path)}`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
