/** The process that a user's callback runs in. Hidden: the agent starts it and speaks to it over pipes. */

import { closeSync } from "node:fs";
import { defineCommand } from "citty";
import { refuseUntrusted } from "../configuration/trust.ts";
import type { ActionFacts, AskableKind, ToCallback } from "../core/action-facts.ts";
import type { ActionOutcome, CallbackContext } from "../core/callback-api.ts";
import { describeError, NsomemError } from "../core/errors.ts";
import { openRegular } from "../linux/regular-file.ts";
import { sayToAgent } from "../rescue/own/callback-message.ts";

export default defineCommand({
  meta: { name: "callback-host", description: "Used by nsomem itself: runs a callback in its own process" },
  args: {
    task: { type: "positional", description: "run or inspect", required: true },
    file: { type: "positional", description: "the file to inspect", required: false },
  },
  async run({ args }) {
    if (args.task === "inspect") await inspect(args.file ?? "");
    else await callOne();
  },
});

/** Says what the file exports. What its top level does, it does here and not in the agent. */
async function inspect(file: string): Promise<void> {
  const loaded = await load(file);
  if (!loaded) return;
  const exports = Object.entries(loaded).map(([name, value]) => ({
    name,
    type: typeof value,
    arity: typeof value === "function" ? value.length : 0,
  }));
  sayToAgent({ type: "exports", exports });
}

async function callOne(): Promise<void> {
  const waiting = new Map<number, (outcome: ActionOutcome) => void>();
  let call: ((message: ToCallback & { type: "call" }) => void) | undefined;
  const called = new Promise<ToCallback & { type: "call" }>((resolve) => {
    call = resolve;
  });
  void (async () => {
    for await (const line of console) {
      const message = JSON.parse(line) as ToCallback;
      if (message.type === "call") call?.(message);
      else waiting.get(message.id)?.(message.outcome);
    }
  })();
  const { file, name, facts } = await called;
  const ask = (action: AskableKind) =>
    new Promise<ActionOutcome>((resolve) => {
      const id = waiting.size + 1;
      waiting.set(id, resolve);
      sayToAgent({ type: "ask", id, action });
    });
  const loaded = await load(file);
  const callback = loaded?.[name];
  if (!loaded) return;
  if (typeof callback !== "function") {
    sayToAgent({ type: "failed", message: `${file} has no export ${name} any more` });
    return;
  }
  // An error that nobody awaits ends the callback too; the agent is to hear which.
  const stray = new Promise<never>((_, reject) => {
    process.on("uncaughtException", reject);
    process.on("unhandledRejection", reject);
  });
  try {
    await Promise.race([callback(contextOf(facts, ask)), stray]);
    sayToAgent({ type: "done" });
  } catch (error) {
    sayToAgent({ type: "failed", message: describeThrown(error, file) });
  }
}

/** More lines than these from one callback are a loop. */
const logLinesMax = 1000;

function contextOf(
  { schema: _, ...facts }: ActionFacts,
  ask: (action: AskableKind) => Promise<ActionOutcome>,
): CallbackContext {
  let lines = 0;
  const log = (level: "info" | "warning" | "error") => (text: string) => {
    if (lines++ < logLinesMax) sayToAgent({ type: "log", level, text: String(text) });
    else if (lines === logLinesMax + 2)
      sayToAgent({ type: "log", level: "warning", text: `more than ${logLinesMax} lines: no more of them` });
  };
  return {
    ...facts,
    logger: { info: log("info"), warning: log("warning"), error: log("error") },
    debug_dump: () => ask("debug-dump"),
    crash_dump: () => ask("crash-dump"),
  };
}

/** A callbacks file of a thousand lines has 40 KiB. */
const fileBytesMax = 8 * 1024 * 1024;

/** Looked at right before: since the agent looked, this process had to start. */
async function load(file: string): Promise<Record<string, unknown> | undefined> {
  try {
    refuseUntrusted(file);
    closeSync(openRegular(file, { of: "anyone", bytesMax: fileBytesMax }).descriptor);
    return (await import(file)) as Record<string, unknown>;
  } catch (error) {
    sayToAgent({ type: "failed", message: describeLoadError(error, file) });
    return undefined;
  }
}

interface BuildProblem {
  message: string;
  position?: { file?: string; line: number; column: number; lineText: string } | null;
}

/** Syntax errors come with a position, one or several in an AggregateError (facts 4.23). */
function describeLoadError(error: unknown, file: string): string {
  const problems = (error instanceof AggregateError ? error.errors : [error]) as BuildProblem[];
  const placed = problems.filter((problem) => problem?.position);
  if (placed.length === 0) return describeThrown(error, file);
  return placed
    .slice(0, 5)
    .map(({ message, position }) => {
      const place = `${position?.file || file}:${position?.line}:${position?.column}`;
      return `${place}: ${message}\n    ${position?.lineText.trimEnd()}`;
    })
    .join("\n");
}

/** The message, with the line of the user's file that it came from. */
function describeThrown(error: unknown, file: string): string {
  const at = error instanceof Error ? error.stack?.match(/\(?(\/[^\s()]+:\d+:\d+)\)?/)?.[1] : undefined;
  const name = error instanceof Error && !(error instanceof NsomemError) ? `${error.name}: ` : "";
  return `${at?.startsWith("/$bunfs/") ? file : (at ?? file)}: ${name}${describeError(error)}`;
}
