/** Calls functions of plot.sh over many rows in one bash: the whole file but its last line, `main "$@"`. */

import { script } from "./run.ts";

const calls: Record<"level", string> = {
  level: `
    while read -r kind used limit; do
      ceiling_limits=(-1 -1)
      wait_ms=$interval_ms_max
      set_ceiling 0 "$kind" "$limit"
      assess 0 "$used"
      printf '%d %d\\n' "$severity" "$wait_ms"
    done`,
};

/** What `assess` says of each `kind used limit`: severity and milliseconds until the next tick. */
export async function assessAll(
  rows: readonly string[],
  env: Record<string, string>,
): Promise<{ severity: number; waitMs: number }[]> {
  const source = await Bun.file(script).text();
  const program = `${source.slice(0, source.lastIndexOf("main "))}\nread_settings\n${calls.level}`;
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
