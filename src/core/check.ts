/** One line of `nsomem doctor`: what was looked at, what was found, and how to mend it. */

const checkVerdicts = ["ok", "warn", "fail"] as const;
export type CheckVerdict = (typeof checkVerdicts)[number];

export interface Check {
  /** A short stable name: "crash dump path". */
  name: string;
  verdict: CheckVerdict;
  found: string;
  /** What to do; present where the verdict is not ok. */
  mend?: string | undefined;
}

export function ok(name: string, found: string): Check {
  return { name, verdict: "ok", found };
}

export function warn(name: string, found: string, mend: string): Check {
  return { name, verdict: "warn", found, mend };
}

export function fail(name: string, found: string, mend: string): Check {
  return { name, verdict: "fail", found, mend };
}

/** The worst verdict of all; ok without any check. */
export function worstOf(checks: readonly Check[]): CheckVerdict {
  return checkVerdicts.findLast((verdict) => checks.some((check) => check.verdict === verdict)) ?? "ok";
}
