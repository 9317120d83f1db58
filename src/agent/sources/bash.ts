/** The shell that runs the measuring tool. */

import { exitCodes, NsomemError } from "../../core/errors.ts";
import { unfitness } from "../../linux/trusted-command.ts";

const systemDirs = ["/bin", "/usr/bin", "/usr/local/bin"];

/** The first of PATH, else of the system, that nobody else could have put there. Throws NsomemError NO_BASH. */
export function findBash(path = process.env.PATH ?? ""): string {
  // An empty or relative entry of PATH would run what lies in the current directory.
  const dirs = [...path.split(":").filter((dir) => dir.startsWith("/")), ...systemDirs];
  const unsafe: string[] = [];
  for (const dir of new Set(dirs)) {
    const unfit = unfitness(`${dir}/bash`, "ourselves");
    if (!unfit) return `${dir}/bash`;
    if (unfit.kind === "unsafe") unsafe.push(`; refused: ${unfit.complaint}`);
  }
  const message = `bash was not found; the measuring tool needs it${unsafe.join("")}`;
  throw new NsomemError("NO_BASH", message, exitCodes.failed);
}
