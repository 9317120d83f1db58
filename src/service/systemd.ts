/** The systemd of this host, as far as `nsomem service` needs it. */

import { exitCodes, NsomemError } from "../core/errors.ts";
import { hint } from "../core/hint.ts";
import { shownText } from "../core/shown.ts";
import { bootedDir, isBooted } from "../linux/sd-notify.ts";
import { unfitness } from "../linux/trusted-command.ts";

/** How long a start or a stop may take: longer than systemd itself waits. */
const commandMsMax = 120_000;

const places = ["/usr/bin/systemctl", "/bin/systemctl"];

/** Throws NsomemError NO_SYSTEMD with the way out where systemd does not run this host. */
export function requireSystemd(): void {
  if (isBooted() && findSystemctl() !== undefined) return;
  throw new NsomemError(
    "NO_SYSTEMD",
    `systemd does not run this host (${bootedDir} is not there): let your own supervisor run "${hint("start --wait")}", or use "${hint("start --daemon")}"`,
  );
}

export interface SystemctlAnswer {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs systemctl(1) with a deadline. Throws NsomemError NO_SYSTEMD where there is none that is root's alone. */
export async function systemctl(...words: string[]): Promise<SystemctlAnswer> {
  const command = findSystemctl();
  if (command === undefined)
    throw new NsomemError("NO_SYSTEMD", `there is no systemctl of root's in ${places.join(" or ")}`);
  const child = Bun.spawn([command, ...words], {
    env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", SYSTEMD_PAGER: "", SYSTEMD_COLORS: "0" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: commandMsMax,
    killSignal: "SIGKILL",
  });
  const texts = [child.stdout, child.stderr].map((stream) => new Response(stream).text());
  const [stdout = "", stderr = ""] = await Promise.all(texts);
  return { code: await child.exited, stdout, stderr };
}

/** The same where nothing else than success will do. Throws NsomemError SYSTEMD with what it said. */
export async function systemctlOrThrow(...words: string[]): Promise<SystemctlAnswer> {
  const answer = await systemctl(...words);
  if (answer.code === 0) return answer;
  const said = shownText(answer.stderr.trim() || `exit ${answer.code}`);
  throw new NsomemError("SYSTEMD", `systemctl ${words.join(" ")}: ${said}`, exitCodes.failed);
}

function findSystemctl(): string | undefined {
  return places.find((path) => unfitness(path, "ourselves") === undefined);
}
