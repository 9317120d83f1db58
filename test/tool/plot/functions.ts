/** The functions of plot.sh, to be called in a bash of the test's own: the whole file but its last line. */

import { script } from "./run.ts";

/** Its text without `main "$@"`. */
export async function functionsOf(): Promise<string> {
  const text = await Bun.file(script).text();
  return text.slice(0, text.lastIndexOf("main "));
}

/** What the tool says of each row `KIND USED LIMIT BEFORE MS`, of what was used so many ms before: its severity, and the milliseconds until the next tick. */
export async function assessAll(
  rows: readonly string[],
  env: Record<string, string>,
): Promise<{ severity: number; waitMs: number }[]> {
  const program = `${await functionsOf()}
    read_settings
    while read -r kind used limit before ms; do
      ceiling_limits=(-1 -1)
      wait_ms=$interval_ms_max
      set_ceiling 0 "$kind" "$limit"
      used_before[0]=$before elapsed_us=$((ms * 1000)) is_rate_due=yes
      assess 0 "$used"
      printf '%d %d\\n' "$severity" "$wait_ms"
    done`;
  const child = Bun.spawn(["bash", "-c", program], {
    env: { PATH: process.env.PATH, ...env },
    stdio: [new Blob([rows.map((row) => `${row}\n`).join("")]), "pipe", "pipe"],
  });
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if (errors !== "") throw new Error(errors);
  return output
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [severity, waitMs] = line.split(" ").map(Number);
      return { severity: severity ?? Number.NaN, waitMs: waitMs ?? Number.NaN };
    });
}
