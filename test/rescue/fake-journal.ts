/** A journal that a test need not read. */

import type { Journal } from "../../src/record/journal.ts";

export function fakeJournal(): Journal {
  return {
    say() {},
    action() {},
    decision() {},
    monitor() {},
    problems: () => [],
    close: () => Promise.resolve(true),
  };
}
