/** The shell that runs the measuring tool. */

import { exitCodes, NsomemError } from "../../core/errors.ts";
import { unfitness } from "../../linux/trusted-command.ts";

/** The system's own before one of PATH: any bash will do, and nobody but root puts one there. */
const systemDirs = ["/bin", "/usr/bin", "/usr/local/bin"];

/** The first that is safe to run. Throws NsomemError NO_BASH. */
export function findBash(path = process.env.PATH ?? ""): string {
  const dirs = [...systemDirs, ...path.split(":").filter((dir) => dir.startsWith("/"))];
  const unsafe: string[] = [];
  for (const dir of new Set(dirs)) {
    const unfit = unfitness(`${dir}/bash`, "ourselves");
    if (!unfit) return `${dir}/bash`;
    if (unfit.kind === "unsafe") unsafe.push(`; refused: ${unfit.complaint}`);
  }
  const message = `bash was not found; the measuring tool needs it${unsafe.join("")}`;
  throw new NsomemError("NO_BASH", message, exitCodes.failed);
}
