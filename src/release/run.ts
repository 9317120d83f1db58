/** Another program, run while a release is made. */

/** Its standard output; throws with what it said when it ends with anything but 0. */
export function run(argv: readonly [string, ...string[]], options: RunOptions = {}): string {
  const result = Bun.spawnSync([...argv], {
    ...(options.directory && { cwd: options.directory }),
    env: { ...process.env, ...options.environment },
    stdin: "ignore",
    stderr: "pipe",
  });
  if (result.success) return result.stdout.toString();
  throw new Error(`${argv.join(" ")}\nended with ${result.exitCode}: ${result.stderr.toString().trim()}`);
}

interface RunOptions {
  directory?: string;
  environment?: Record<string, string>;
}
