/** Programs of a Debian package that is unpacked and not installed, since the package would start a service. */

import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cached, compile, labFile } from "./cache.ts";
import { missingCommand } from "./missing.ts";

/** The directory of the package's programs, or why it cannot be had here. */
export function findPackage(name: string): { bin: string } | { missing: string } {
  const lacking = missingCommand("apt-get", "dpkg-deb");
  if (lacking) return { missing: lacking };
  try {
    const dir = cached(name, [labFile("debian-package.ts")], (partial) => {
      download(name, partial);
      const [archive = ""] = readdirSync(partial).filter((file) => file.endsWith(".deb"));
      compile(["dpkg-deb", "-x", join(partial, archive), partial]);
      for (const file of readdirSync(partial))
        if (file !== "usr") rmSync(join(partial, file), { recursive: true });
    });
    const bin = join(dir, "usr/bin");
    return existsSync(bin) ? { bin } : { missing: `${name}'s package has no usr/bin` };
  } catch (error) {
    return { missing: `${name} cannot be had: ${String(error).split("\n")[0]}` };
  }
}

/** Where the lists of packages are not there or too old, they are fetched first, which root alone may do. */
function download(name: string, into: string): void {
  const command = ["apt-get", "download", "-qq", name] as const;
  try {
    compile([...command], into);
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    compile(["apt-get", "update", "-qq"]);
    compile([...command], into);
  }
}
