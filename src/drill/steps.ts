/** The steps of a drill: each is made once, kept, and shown as it ends. */

import { describeError } from "../core/errors.ts";

export interface DrillStep {
  name: string;
  result: "passed" | "failed" | "not run";
  detail: string;
}

export interface Steps {
  /** In the order in which they were made. */
  made: readonly DrillStep[];
  /** `look` returns what it found, or throws why the step failed. */
  check(name: string, look: () => string | Promise<string>): Promise<void>;
  /** As `check`, for a step with a value that later steps need: undefined when it failed. */
  obtain<T>(name: string, work: () => Promise<{ detail: string; value: T }>): Promise<T | undefined>;
  skip(name: string, why: string): void;
}

/** A failed step does not stop the next one. */
export function createSteps(onStep: (step: DrillStep) => void): Steps {
  const made: DrillStep[] = [];
  return {
    made,
    async check(name, look) {
      await obtain(name, async () => ({ detail: await look(), value: undefined }));
    },
    obtain,
    skip: (name, why) => note({ name, result: "not run", detail: why }),
  };

  async function obtain<T>(
    name: string,
    work: () => Promise<{ detail: string; value: T }>,
  ): Promise<T | undefined> {
    try {
      const { detail, value } = await work();
      note({ name, result: "passed", detail });
      return value;
    } catch (error) {
      note({ name, result: "failed", detail: describeError(error) });
      return undefined;
    }
  }

  function note(step: DrillStep): void {
    made.push(step);
    onStep(step);
  }
}
