/** The table of action kinds. A new kind is one file, which adds its name to `ActionKinds`, and one line here. */

import type { ActionKind } from "../core/action.ts";
import type { ActionKindEntry } from "./action-context.ts";
import { crashDumpKind } from "./crash-dump/crash-dump-kind.ts";
import { debugDumpKind } from "./debug-dump/debug-dump-kind.ts";
import { evidenceKind } from "./evidence/evidence-kind.ts";
import { callbackKind } from "./own/callback-kind.ts";
import { runKind } from "./own/run-kind.ts";

export const actionKinds: Readonly<Record<ActionKind, ActionKindEntry>> = {
  "debug-dump": debugDumpKind,
  "crash-dump": crashDumpKind,
  evidence: evidenceKind,
  callback: callbackKind,
  run: runKind,
};
