/** The lab's native parts: what must be faster or more exact than a BEAM, a JVM or Python can be. */

import { join } from "node:path";
import { cached, compile, labFile } from "./cache.ts";
import { missingCommand } from "./missing.ts";

/** Why the native parts cannot be had here, or undefined. */
export const nativeMissing: string | undefined = missingCommand("gcc");

/** The compiled program of `NAME.c`. */
export function nativeProgram(name: "core" | "grower" | "hoarder" | "watcher"): string {
  const source = labFile(`${name}.c`);
  const dir = cached(name, [source], (partial) =>
    compile(["gcc", "-O2", "-Wall", "-Wextra", "-o", join(partial, name), source]),
  );
  return join(dir, name);
}
