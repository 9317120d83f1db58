/** How a child process ended, in words. */

/** As Bun.spawn tells it; both null while it runs. */
export interface ChildEnd {
  exitCode: number | null;
  signalCode: string | number | null;
}

/** "exit 1", "killed by SIGKILL". */
export function endWords({ exitCode, signalCode }: ChildEnd): string {
  return signalCode ? `killed by ${signalCode}` : `exit ${exitCode}`;
}
